"""Designs of experiments: which combinations of levels are tried.

Levels are numbers from 0 on; points of space-filling designs are shares from 0 to 1 of each factor's range.
Sources: Box, Hunter & Hunter 2005, chapters 5-6 (fractions and their aliases); McKay, Beckman & Conover 1979
(hypercube); Morris 1991, with trajectories on a grid; Saltelli et al. 2010 (matrices A, B and A with one
column of B).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import TypeAlias

from drillbook.model.draws import Draws

Word: TypeAlias = frozenset[str]
"""Factors whose product is meant; the empty word is the identity."""


def full(counts: Sequence[int]) -> list[tuple[int, ...]]:
    """Every combination, the last factor varying fastest."""
    return list(product(*map(range, counts)))


def fractional(factors: Sequence[str], generators: Mapping[str, Word]) -> list[tuple[int, ...]]:
    """The runs of a two-level fraction: free factors in full, the others by the products of their words.

    A product is over the signs -1 (level 0) and +1 (level 1).
    """
    free = [name for name in factors if name not in generators]
    runs = []
    for signs in product((-1, 1), repeat=len(free)):
        sign = dict(zip(free, signs, strict=True))
        for name, word in generators.items():
            value = 1
            for each in word:
                value *= sign[each]
            sign[name] = value
        runs.append(tuple((sign[name] + 1) // 2 for name in factors))
    return runs


def parsed(generators: Sequence[str]) -> dict[str, Word]:
    """Generators such as `d = a b c` by the factor that they set."""
    pairs = (text.partition("=") for text in generators)
    return {left.strip(): frozenset(right.split()) for left, _, right in pairs}


def defining(generators: Mapping[str, Word]) -> list[Word]:
    """The words that equal the identity, the defining relation, shortest first."""
    base = [word | {name} for name, word in generators.items()]
    words = set()
    for count in range(1, len(base) + 1):
        for some in combinations(base, count):
            word: Word = frozenset()
            for each in some:
                word ^= each
            words.add(word)
    return sorted(words, key=lambda word: (len(word), sorted(word)))


def resolution(generators: Mapping[str, Word]) -> int | None:
    """Length of the shortest word of the defining relation; None for a full design."""
    return min(map(len, defining(generators)), default=None)


def aliases(
    factors: Sequence[str], generators: Mapping[str, Word], longest: int = 2
) -> list[tuple[Word, list[Word]]]:
    """Effects of up to `longest` factors, each with the others of that size that cannot be told from it."""
    relation = defining(generators)
    effects = [frozenset(some) for size in range(1, longest + 1) for some in combinations(factors, size)]
    told: set[Word] = set()
    found = []
    for effect in effects:
        if effect not in told:
            same = [other for word in relation if len(other := effect ^ word) <= longest and other]
            told.update(same)
            if same:
                found.append((effect, sorted(same, key=lambda word: (len(word), sorted(word)))))
    return found


def generators_for(factors: Sequence[str], wanted: int) -> dict[str, Word] | None:
    """Generators of the smallest two-level fraction of a resolution; empty where only the full design has it.

    None never comes of fewer than 16 factors in time that matters; the search is exact.
    """
    for free in range(1, len(factors) + 1):
        base, rest = list(factors[:free]), list(factors[free:])
        words = [frozenset(some) for size in range(wanted - 1, free + 1) for some in combinations(base, size)]
        found = _search(rest, words, wanted, {})
        if found is not None:
            return found
    return None


def latin(runs: int, factors: int, draws: Draws) -> list[tuple[float, ...]]:
    """A Latin hypercube: in each factor every one of `runs` strata is hit once."""
    columns = []
    for factor in range(factors):
        order = sorted(range(runs), key=lambda run: draws.uniform("latin-order", factor, run))
        columns.append([(order[run] + draws.uniform("latin", factor, run)) / runs for run in range(runs)])
    return list(zip(*columns, strict=True)) if columns else []


def morris(trajectories: int, grid: int, factors: int, draws: Draws) -> list[tuple[float, ...]]:
    """Trajectories of factors + 1 points each; neighbours differ in one factor, by grid / 2 steps."""
    delta = grid / 2 / (grid - 1)
    points = []
    for number in range(trajectories):
        low = [int(draws.uniform("morris", number, factor) * (grid // 2)) for factor in range(factors)]
        up = [draws.uniform("morris-up", number, factor) < 0.5 for factor in range(factors)]
        point = [low[f] / (grid - 1) + (0.0 if up[f] else delta) for f in range(factors)]
        points.append(tuple(point))
        for factor in sorted(range(factors), key=lambda f: draws.uniform("morris-order", number, f)):
            point[factor] += delta if up[factor] else -delta
            points.append(tuple(min(1.0, max(0.0, value)) for value in point))
    return points


def saltelli(base: int, factors: int, draws: Draws) -> list[tuple[float, ...]]:
    """Matrix A, matrix B, then for each factor A with that factor's column of B; `base` rows each."""
    both = latin(base, 2 * factors, draws)
    first, second = [row[:factors] for row in both], [row[factors:] for row in both]
    mixed = [
        tuple(b[factor] if f == factor else a[f] for f in range(factors))
        for factor in range(factors)
        for a, b in zip(first, second, strict=True)
    ]
    return [*first, *second, *mixed]


def _search(
    rest: Sequence[str], words: Sequence[Word], wanted: int, chosen: dict[str, Word]
) -> dict[str, Word] | None:
    """Words for the factors that are left, such that no product is too short."""
    if not rest:
        return chosen
    for place, word in enumerate(words):
        attempt = {**chosen, rest[0]: word}
        if (resolution(attempt) or wanted) >= wanted:
            found = _search(rest[1:], words[place + 1 :], wanted, attempt)
            if found is not None:
                return found
    return None


def alias_lines(factors: Sequence[str], generators: Mapping[str, Word]) -> Iterator[str]:
    """What cannot be told apart, one line for each effect: `a b = c d`."""
    for effect, same in aliases(factors, generators):
        names = [" ".join(name for name in factors if name in word) for word in (effect, *same)]
        yield " = ".join(names)
