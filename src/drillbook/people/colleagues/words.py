"""What colleagues write; figures are filled in from what they read."""

JOIN = ("I'm here.", "Joining now.", "On it, I'm at my desk.")
JOIN_HELPER = (
    "I'm here. I'll take a look at {knows} and report in #incidents.",
    "Joining. I start with {knows}, tell me if you want something else.",
)
JOIN_GUEST = (
    "I'm here. I do not see into the systems myself; tell me what you need.",
    "Joining. I keep others off your back; tell me what you need.",
)
CALLS_PRIMARY = "The page came to me because nobody acknowledged it. Are you there?"
NOTHING = "I looked at {knows}: nothing stands out to me."
REPORT = "I looked at {knows}, as of {time} UTC. {findings}"
ON_IT = (
    "On it: I look at {knows} and report in #incidents. I leave changes to you.",
    "Yes, looking at {knows} now; report in #incidents. Changes are yours to make.",
)
NOTHING_NEWER = (
    "I have nothing newer than my report in #incidents. Decide from that; changes are yours to make.",
    "Nothing new from {knows} on my side. What my report says still stands; changes are yours to make.",
)
NO_EYES = (
    "I do not see into the systems myself. Tell me whom to call, and I do.",
    "That is for those who see the systems. What can I take off you?",
)

SERVICE_RATES = "{name} fails {share} of its requests."
SERVICE_FINE = "{name} fails next to nothing ({share})."
HISTORY = "Rollout history of {name}, latest entry: “{entry}”."
POOL = "{user}: {active} clients active, {waiting} waiting, longest wait {maxwait} s, {servers} servers busy."
POOL_ROW = "SHOW POOLS says: {row}"
SESSIONS = "{count} active sessions on {name}; of the {shown} oldest, {most} run “{query}”."
OLDEST = "The oldest has run for {age}: “{query}”."

COMMANDER_LEADS = (
    "I lead this incident. {operations} works on the system, {communications} informs.",
    "Taking command. Operations: {operations}. Communications: {communications}. Post figures in #incidents.",
)
NOBODY = "nobody yet"
ASKS_SEVERITY = (
    "What severity are we at, and what can users not do? Please declare.",
    "I miss a severity and the impact. How many requests fail, and who is affected?",
)
REMINDER = (
    "The update for {audience} is overdue, the playbook wants one every {every} minutes.",
    "Reminder: nothing to {audience} for {minutes} minutes.",
)

AUDIENCES = {
    "incidents": "#incidents",
    "status-page": "the status page",
    "customer-success": "customer success",
}
"""Audiences whose id is no word of their own."""

COMMS_STATUS = {
    "investigating": "we are investigating",
    "identified": "the cause is identified and we are fixing it",
    "monitoring": "service is restored and we are monitoring it",
    "resolved": "resolved",
}
COMMS_ACTION = {
    "investigating": "the on-call team is looking for the cause",
    "identified": "the on-call team is putting the fix in place",
    "monitoring": "we are watching the service closely",
    "resolved": "a review follows within 48 hours",
}
COMMS_IMPACT = "about {figure} of customers' requests fail, as reported at {time}"
COMMS_IMPACT_VAGUE = "some customers of {company} see errors"
COMMS_IMPACT_OVER = "customers can use {company} again"
COMMS_UPDATE = (
    ("Status: {status}. Impact: {impact}. Action: {action}.", "Next update: {next}."),
    ("Status: {status}. Customer impact: {impact}. Our action: {action}.", "We update again at {next}."),
)
COMMS_ASKS = (
    "I want to post an update. Which share of requests fails right now, and what are we doing?",
    "I have no current figures for the next update. What do users suffer at the moment?",
)

THANKS = ("Thank you, that helps.", "Thanks. Keep me posted.", "Understood, thanks.")
EXECUTIVE_ASKS = (
    "What is the impact, and when do we expect it to be over?",
    "It has been {minutes} minutes since the last update. Where are we?",
)
SUPPORT_ASKS = (
    "Customers are writing to us. What may we tell them?",
    "Still no word for customers after {minutes} minutes. Anything I can post?",
)
STILL_BROKEN = (
    "This is marked resolved, but customers still write to us about errors.",
    "Are we sure it is resolved? Tickets about errors still come in.",
)
