"""Reading what people wrote, by words and figures: explainable, in linear time, safe for any text."""
