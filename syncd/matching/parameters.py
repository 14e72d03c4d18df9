"""All tuning numbers of matching, each with its unit, its effect and its origin.

Each explanation begins with the unit:

* **Nats**: a natural log likelihood ratio. Above 0 speaks for one game, below 0 against; 2.3 is tenfold.
* **Similarity**: 0 (nothing in common) to 1 (equal). **Probability**: 0 to 1. **Seconds**. **Letters**.
* **Count**. **Factor**. **Strength**: of lessons, where 1 is a new lesson of an automatic link.

Origin: where an explanation names none, the number was chosen by judgement and kept because of the benchmark
(`python -m benchmarks.matching`; its figures and its calibration are in docs/matching.md). A change to any
number needs that benchmark, also on lists with missing matches and replaced opponents.
"""

# --- Bounds of time and memory -------------------------------------------------------------------

MAX_NAME_LETTERS = 100
"""Letters. A longer name stands for no team and would be slow to compare. The longest name seen has 40."""
MAX_COMPETITION_TOKENS = 30
"""Count. Tokens that are read of a league's name."""
MAX_NAMES_COMPARED = 100
"""Count. Names that one name is compared with, if a list consists of few words. Real lists need 20."""
MAX_MATCHES_PER_EVENT = 100
"""Count. Matches that one event is scored against. Real lists need 28."""
MAX_RIVALS = 100
"""Count. The strongest candidates of a match, which compete for it: bounds lists of nothing but twins."""
CACHED_TEXTS = 100_000
"""Count. Normalised texts that are kept."""
CACHED_TOKENS = 10_000
"""Count. Tokens whose sound is kept."""
CACHED_TOKEN_PAIRS = 5_000
"""Count. Pairs of tokens whose similarity is kept."""
CACHED_KICKOFF_GAPS = 5_000
"""Count. Kick-off differences whose weight is kept. Kick-offs are at quarters of an hour, so they are few."""

# --- Similarity of two tokens (spelling.py, similarity.py) ---------------------------------------

EQUAL_SIMILARITY = 1.0
"""Similarity. Equal tokens."""
JOINED_SIMILARITY = 0.95
"""Similarity. `North East` and `Northeast`."""
PREFIX_SIMILARITY = 0.88
"""Similarity. One token begins with the other, which has four letters or more: `Univ` and `Universitatea`."""
SHORT_PREFIX_SIMILARITIES = (0.0, 0.42, 0.5, 0.72)
"""Similarity. The same for a beginning of 0, 1, 2 or 3 letters."""
SOUND_SIMILARITY = 0.85
"""Similarity. Transliterations of one word: the same consonants or syllables (`Quadisiya`, `Qadsiah`)."""
ACRONYM_SIMILARITY = 0.8
"""Similarity. Initials of neighbouring tokens: `RFS` and `Rigas Futbola Skola`."""
SUFFIX_SIMILARITY = 0.8
"""Similarity. One token ends with the other: `Thespakusatsu` and `Kusatsu`."""
CONTRACTION_SIMILARITY = 0.55
"""Similarity. The first letter and some consonants in their order: `tg` and `targu`."""
MIN_SPELLING_SIMILARITY = 0.8
"""Similarity. Normalised Levenshtein similarity from which two tokens are one word misspelt."""
MIN_SPELLING_SIMILARITY_SAME_INITIAL = 0.75
"""Similarity. The same where both begin with the same letter."""
SHORT_SPELLING_SIMILARITY = 0.6
"""Similarity. Of a misspelt token of four letters: one letter of four may make another word."""
MIN_TOKEN_SIMILARITY = 0.4
"""Similarity. Below this two tokens do not match at all."""
HINT_SIMILARITY = 0.45
"""Similarity. Only an initial in common, written as initials on one side: `MVV` and `Maastricht`."""

SHORT_TOKEN_LETTERS = 4
"""Letters. Tokens up to this length say too little for the rules of sound and spelling of longer ones."""
MIN_SUFFIX_LETTERS = 6
"""Letters. Shortest ending that stands for the whole token."""
MIN_CONTRACTED_LETTERS = 3
"""Letters. A contraction leaves out at least these."""
MIN_SOUND_LETTERS = 3
"""Letters. Fewer sounds in common say nothing."""
MAX_SOUND_LENGTH_GAP = 2
"""Letters. Tokens whose lengths differ by more do not sound the same."""
MAX_CLUB_FORM_LETTERS = 3
"""Letters. A last token up to this length may belong to an acronym whole: `Los Angeles FC` and `LAFC`."""
MAX_JOINED_TOKENS = 4
"""Count. Neighbouring tokens that one token of the other name may stand for."""
MIN_PLACE_LETTERS = 3
"""Letters. Shortest place before a suffix of the shipped table: `Vanspor` is `Van` and `spor`."""

# --- Which names are compared (name_index.py) ----------------------------------------------------

PREFIX_KEY_LETTERS = 3
"""Letters. Names are compared whose tokens begin with the same letters."""
SUFFIX_KEY_LETTERS = 4
"""Letters. Or end with the same letters."""
MIN_SUFFIX_KEY_TOKEN_LETTERS = 5
"""Letters. Shortest token whose end is looked up."""
MAX_ACRONYM_LETTERS = 5
"""Letters. Longest token that is looked up as an acronym."""
BETTER_PARTNER_FACTOR = 0.8
"""Factor. Share of a better partner's lead that is taken from a pair of names: `Grazer AK` is similar to
`Sturm Graz` until the list shows the other `Grazer AK`."""
TAKEN_PARTNER_FACTOR = 2.0
"""Factor. A partner that fits another name better is worth less by this much of the difference."""
GOOD_PARTNER_WEIGHT = 1.0
"""Nats. Names with nothing in common lose weight only by a partner elsewhere that is better than this."""

# --- Weight of two names (name_evidence.py) ------------------------------------------------------

MAX_TOKEN_WEIGHT = 4.5
"""Nats. Upper bound of a token's weight, which is ln(names of the country / names with this token)."""
MAX_COMMON_TOKEN_WEIGHT = 2.2
"""Nats. The most that a word many clubs share (United, Dynamo) counts, however rare it is in this list."""
NUMBER_WEIGHT = 0.4
"""Nats. A number."""
CLUB_FORM_WEIGHT = 0.25
"""Nats. A club-form word (FC, Belediyespor) or a single letter; also the least that any token counts."""
MIN_NAMES_COUNTED = 80
"""Count. Names that a country is taken to have at least: short lists make no token look rare or common."""

AGREEMENT_FACTOR = 0.95
"""Factor. For the weight of matched tokens (an inexact match counts its similarity squared)."""
CONTRADICTION_FACTOR = 1.5
"""Factor. Against, for what is unmatched in both names: the smaller of the two sums."""
SURPLUS_FACTOR = 0.12
"""Factor. Against, for what is unmatched in one name beyond that: one provider only says more."""
UNMATCHED_COMMON_WEIGHT = 3.0
"""Nats. An unmatched common word: it separates two teams better than it joins them."""
MAX_UNMATCHED_INITIALS_WEIGHT = 0.6
"""Nats. The most that unmatched initials count beside a distinctive match, like a club form."""
WHOLE_NAME_BONUS = 0.7
"""Nats. Added where all matches are exact and next to nothing is left over."""
MAX_WHOLE_NAME_SURPLUS = 0.5
"""Nats. Unmatched weight up to which a name is whole."""
MAX_SAME_NAME_SURPLUS = 2.5
"""Nats. Unmatched weight up to which two names are the same: what is left is no name of its own."""
MIN_NAME_WEIGHT = -4.8
"""Nats. Lower bound, and the weight of names with nothing in common. It was -6.0; at -4.8 the confidence of
links for review came closer to the share of right ones (development set)."""
MAX_NAME_WEIGHT = 6.5
"""Nats. Upper bound, and the weight of an alias."""
MAX_CONTRADICTED_WEIGHT = -2.0
"""Nats. The most for two names with words left over on both sides: `Hapoel Haifa`, `Maccabi Haifa`."""
MAX_YEAR_AGAINST_PLACE_WEIGHT = 0.0
"""Nats. The same where it is a year on one side and other words on the other: `Metalac 1921`, `Metalac Ub`.
Both may be one club's, and yet the year may be the name of another."""
CLUBS_OF_A_PLACE_WEIGHT = -6.0
"""Nats. The same where these words separate clubs of one place: `Manchester City`, `Manchester U`. No round
makes them one, for it is below `MIN_UNIDENTIFIED_WEIGHT`."""
YEAR_DIGITS = 4
"""Count. Shorter numbers in a name say nothing: `Darmstadt 98`."""
MAX_BEGINNING_WEIGHT = 0.3
"""Nats. The most where a whole name only begins a longer word of the other: `Clyde`, `Clydebank`."""
INFLECTIONS = frozenset({"s", "es", "er", "en", "n", "e", "i", "y"})
"""Letters. Endings of the same word, in several languages: `Helsingborgs`, `Wolfsberger`, `Debreceni`. Others
make another club: `Persik`, `Persikas`."""
MANY_CLUBS = 4
"""Count. A word of so many clubs of the country says as little as those that clubs have everywhere."""
MIN_LIKE_WORDS = 3
"""Count. Where so many clubs of a country have words written alike, similarity is no evidence: `Persija`."""
LIKE_STEM_LETTERS = 4
"""Letters. Words that are written alike begin or end with the same ones."""
MAX_LIKE_WORDS_WEIGHT = 0.0
"""Nats. The most for two names of which no more than such words agree."""
OTHER_NATION_WEIGHT = 2 * MIN_NAME_WEIGHT
"""Nats. Names of two nations: too low for any similarity or elimination to make them one."""
FIRST_TABLE_YEAR = 1850
"""Count. The first year that a table of clubs may name."""
LAST_TABLE_YEAR = 2100
"""Count. The last one."""
MIN_CLUB_NAME_LETTERS = 2
"""Letters. Shortest name in a table of clubs."""
ONE_CLUB_WEIGHT = 5.5
"""Nats. The table of clubs says that the two names are one club."""
TRANSLATED_NAME_WEIGHT = 4.5
"""Nats. The most that a translation of a name counts: less than the table of clubs."""
TWO_CLUBS_WEIGHT = -6.0
"""Nats. The table of clubs says that they are two clubs. It is below `MIN_UNIDENTIFIED_WEIGHT`, so that no
round makes them one; memory does, once a user has linked them."""
NAMESAKES_WEIGHT = 0.4
"""Nats. The most that a name counts which several clubs of the country have, by the table, unless it is
written in the same way on both sides: below `RECOGNISED_WEIGHT`, no more than a hint."""
HINT_WEIGHT = -0.5
"""Nats. Only an initial in common."""
DISTINCTIVE_WEIGHT = 1.0
"""Nats. A matched token of at least this weight makes two names share a distinctive token."""
MIN_SHARED_SIMILARITY = 0.7
"""Similarity. Of such a match, at least."""
MIN_WRITTEN_OUT_SIMILARITY = 0.86
"""Similarity. From here tokens agree by letters, and not only by sound (`Brann`, `Bryne`)."""

# --- Weight of two squads, leagues and kick-offs -------------------------------------------------

SAME_SQUAD_WEIGHT = 0.0
"""Nats. Both sides are the same squad. Anything below waits for a user at best."""
POSSIBLY_SAME_SQUAD_WEIGHT = -2.5
"""Nats. One squad that providers may name differently: reserves and U23, youth and U19."""
ADJACENT_AGES_WEIGHT = -4.0
"""Nats. Age groups that are nearly the same."""
DIFFERENT_SQUAD_WEIGHT = -12.0
"""Nats. Two squads of a club."""
MAX_ADJACENT_AGES = 1
"""Count. Years between two age limits that may be a mistake of a list."""
MIN_RESERVE_AGE = 21
"""Count. Years: from this age limit an age group may be the second team."""

SAME_COMPETITION_WEIGHT = 2.0
"""Nats. League and tournament have the same tokens; of some in common their share (Jaccard) of it."""
CUP_AGAINST_LEAGUE_WEIGHT = -2.0
"""Nats. Only one of the two is a cup."""
DIFFERENT_STEP_WEIGHT = -1.0
"""Nats. Added where both names have numbers, and none in common: `2. Liga` and `3. Liga`."""

SAME_MINUTE_WEIGHT = 2.9
"""Nats. The same kick-off. Between these points the weight falls with the logarithm of the difference."""
AT_TOLERANCE_WEIGHT = 0.7
"""Nats. At `matching.kickoff_tolerance`."""
KICKOFF_WEIGHTS = ((3.0, -1.3), (24.0, -2.9), (72.0, -4.2), (96.0, -5.0))
"""Nats. Pairs of hours apart and weight, beyond the tolerance."""
MIN_EXISTING_LINK_KICKOFF_WEIGHT = -1.0
"""Nats. An existing link loses no more than this when a kick-off is moved."""
MIN_KICKOFF_TOLERANCE_S = 60.0
"""Seconds. A smaller tolerance in the config counts as this."""
MAX_KICKOFF_APART_S = 4 * 86_400.0
"""Seconds. No match farther apart is a candidate. Measured: Pinnacle's placeholder times, up to 71 h off."""
MAX_EXISTING_LINK_APART_S = 21 * 86_400.0
"""Seconds. An existing link outlives a postponement of up to this."""
SAME_KICKOFF_S = 300.0
"""Seconds. Kick-offs up to this apart are the same time."""
HOURS_APART_S = 3 * 3600.0
"""Seconds. Kick-offs farther apart need more evidence, and such pairs teach the rest of the list nothing."""
MAX_AUTOMATIC_APART_S = 36 * 3600.0
"""Seconds. Farther apart nothing is linked automatically. Measured: with matches missing these were wrong."""
UNPUNCTUAL_WEIGHT = -6.0
"""Nats. Added where the two are hours apart though the league's other events have their right time."""
MAX_PLACEHOLDER_APART_S = 23 * 3600.0
"""Seconds. Nearer, names and league that are certain count though the league is punctual. Farther, they need
other events of the league that are hours off, too."""
MIN_PUNCTUAL_EVENTS = 3
"""Count. Events at their right time that make a league punctual, if no other is hours off."""
MAX_TWINS_APART_S = 6 * 3600.0
"""Seconds. Two listings of one game differ by no more; farther apart the same teams meet twice."""

# --- Weight of a team, and score of a candidate (scoring.py) -------------------------------------

MIN_TEAM_WEIGHT = -9.0
"""Nats. Lower bound of one side: names and lessons together."""
MAX_TEAM_WEIGHT = 8.0
"""Nats. Upper bound of one side."""
MAX_TEAMS_WEIGHT = 2 * MAX_TEAM_WEIGHT
"""Nats. Upper bound of both sides."""
RECOGNISED_WEIGHT = 0.5
"""Nats. Above this a side with a distinctive token in common, or with a lesson, is recognised."""
EXISTING_LINK_RECOGNISED_WEIGHT = -0.5
"""Nats. The same for an existing link."""
IDENTIFIED_WEIGHT = 2.5
"""Nats. A side of at least this identifies the game, so that the other side may be the unidentified one."""
MIN_UNIDENTIFIED_WEIGHT = -5.3
"""Nats. A side below this is contradicted, not only unidentified."""
EXISTING_LINK_WEIGHT = 2.0
"""Nats. Added for an existing link, so that links do not change without reason."""
MIN_MATCHES_COUNTED = 10
"""Count. The prior is 1 / matches of the country, of which there are taken to be at least this many."""

# --- A block (block.py) --------------------------------------------------------------------------

HOPELESS_SCORE = -6.0
"""Nats. Candidates up to this score are dropped, but for the best ones."""
MIN_CANDIDATES_KEPT = 2
"""Count. Best candidates of an event that are kept whatever their score: the likeliest and its runner-up."""
SURE_CONFIDENCE = 0.98
"""Probability. From here a candidate counts as evidence for the rest of its list."""
LIKELY_CONFIDENCE = 0.8
"""Probability. From here a recognised candidate shows whether its league is punctual."""
MIN_SWAPPED_SCORE = 2.0
"""Nats. Home and away are considered as swapped above this score only."""
MIN_LEAD_OVER_SWAPPED = 2.0
"""Nats. The candidate with the sides as listed must lead by this, else they may be swapped."""
MIN_LEAD_OVER_EXISTING_LINK = 2.0
"""Nats. An existing link gives way to a candidate that leads by more."""

MIN_NAMES_SHOWING_NAMESAKES = 20
"""Count. From so many clubs of a country on, listed or in the table, another club of a name would be among
them, so that a part of each name is enough: `Hiroshima` for `Sanfrecce Hiroshima`."""

# --- Lessons and collective evidence (memory.py, collective.py) ----------------------------------

LESSON_HALF_LIFE_S = 300 * 86_400.0
"""Seconds. After this a lesson has half its strength."""
CONFIRMED_LESSON_STRENGTH = 3.0
"""Strength. A new lesson of a link that a user confirmed."""

KNOWN_TEAM_WEIGHT = 4.5
"""Nats. Lessons say that the two teams are one; ln(1 + strength) is added."""
MAX_KNOWN_TEAM_BONUS = 2.0
"""Nats. The most that is added."""
KNOWN_TEAM_ONE_IN = 3
"""Count. They say so if at least one in so many (by strength) of the name's lessons names this team."""
KNOWN_AS_OTHER_WEIGHT = -3.5
"""Nats. Added where lessons know the name as another team."""
SIMILAR_BUT_KNOWN_AS_OTHER_WEIGHT = -1.0
"""Nats. The same where the two names are similar."""
SIMILAR_NAMES_WEIGHT = 1.5
"""Nats. Names of at least this weight are similar."""
SEEN_AS_OTHER_WEIGHT = -2.0
"""Nats. Added where lessons know the BetTune team under another name only."""
COINCIDENCE_WEIGHT = 3.0
"""Nats. The two have been in each other's place in one other game."""
COINCIDENCE_REPEAT_WEIGHT = 0.5
"""Nats. Added for each further one, up to `KNOWN_TEAM_WEIGHT`."""
MIN_COINCIDENCE_STRENGTH = 0.25
"""Strength. A coincidence counts for two half-lives."""
COINCIDENCE_ONE_IN = 2
"""Count. It counts if more than one in so many (by strength) of the name's coincidences name this team."""
ELIMINATED_WEIGHT = 3.0
"""Nats. Nothing else in the round is left for the two."""
MIN_CONFIRMED_SAME_TEAM = 2
"""Count. Links confirmed by users that make two squads one team; a single one may be a slip."""

KNOWN_LEAGUE_WEIGHT = 1.5
"""Nats. Earlier links joined this league and this tournament; the more of them, the more is added."""
KNOWN_LEAGUE_LINK_WEIGHT = 0.5
"""Nats. Added for each of these links (by strength)."""
MAX_KNOWN_LEAGUE_WEIGHT = 3.0
"""Nats. Upper bound of the sum."""
MIN_KNOWN_LEAGUE_STRENGTH = 0.5
"""Strength. Less than this is no evidence."""
LEAGUE_ELSEWHERE_WEIGHT = -1.5
"""Nats. Earlier links joined the league to other tournaments only."""
MIN_LEAGUE_ELSEWHERE_STRENGTH = 3.0
"""Strength. From here they count against this one."""
LEAGUE_ALIAS_WEIGHT = 3.0
"""Nats. The alias file joins league and tournament."""

# --- Elimination (elimination.py): checked on lists with missing matches and replaced opponents ---

ROUND_S = 3 * 86_400.0
"""Seconds. Games of one league up to this before and after a game are its round."""
MIN_ROUND_LINKS = 3
"""Count. Other games of the round that must be linked."""
MAX_ROUND_DISAGREEMENT = 0.2
"""Probability. Share of the round's entries that may be unmatched."""
MIN_ROUND_LINKS_WITH_HINT = 1
"""Count. The same where the two names have a word or an initial in common."""
MAX_ROUND_DISAGREEMENT_WITH_HINT = 0.5
"""Probability. The same where the two names have a word or an initial in common."""
COUNTRY_ENTRIES = 12.0
"""Count. The share of the whole country counts like this many further entries of the round."""
CONTRADICTED_WEIGHT = -4.5
"""Nats. Up to this a word in common is no hint: the rest of the names contradicts it."""

# --- From scores to links (confidence.py, assignment.py, linker.py) ------------------------------

MAX_SCORE = 40.0
"""Nats. Scores are cut off here, so that their exponentials stay finite."""
MAX_CONFIDENCE = 0.9999
"""Probability. The linker claims no more; only a user's decision is certain."""
MIN_AUTO_CONFIDENCE = 0.99
"""Probability. From here a candidate may be linked automatically. Measured: on the development set,
also with missing or replaced games, all links from here on together were right more often than they claim."""
MIN_KEEP_CONFIDENCE = 0.9
"""Probability. An existing link is kept down to here, so that it does not flap."""
MIN_REVIEW_CONFIDENCE = 0.05
"""Probability. Less likely candidates are not shown for review."""
MAX_REVIEW_CONFIDENCE = 0.98
"""Probability. Cap for what is not linked. Measured: overconfident above, where opponents were replaced."""
CERTAIN_SIDE_WEIGHT = 3.0
"""Nats. A side of at least this is certain, so that a hint suffices for the other at the same kick-off."""
MIN_HINTED_SIDE_WEIGHT = -1.5
"""Nats. The hinted side must be above this."""
MIN_SIDE_WEIGHT_HOURS_APART = 2.0
"""Nats. Each side must have at least this where the kick-offs are hours apart."""
CLOSE_RIVAL_LEAD = 2.0
"""Nats. A rival closer than this is named as the reason why a candidate waits."""
MIN_CONFIDENCE_CHANGE = 0.01
"""Probability. A link whose confidence moved by less, and nothing else, has not changed."""

# --- Texts and comparisons for people (evidence_text.py, comparison.py) --------------------------

MIN_KNOWN_BY_NAME_SIMILARITY = 0.6
"""Similarity. Names below this are shown as known from lessons, if there are any."""
SAME_FIT_SIMILARITY = 0.05
"""Similarity. Names are equally good up to this difference."""
MIN_SWAPPED_SIMILARITY = 0.6
"""Similarity. Of each side, to call home and away swapped."""
LITTLE_IN_COMMON_SIMILARITY = 0.6
"""Similarity. Below this two names have too little in common."""
NOTABLE_KICKOFF_GAP_S = 15 * 60.0
"""Seconds. Kick-off differences up to this are not mentioned."""
DIFFERENCE_PENALTY = 0.4
"""Similarity. Taken off for another squad, another country or swapped sides, to sort what was not linked."""
KICKOFF_PENALTY_PER_DAY = 0.1
"""Similarity. Taken off for each day between the kick-offs."""
MAX_KICKOFF_PENALTY = 0.4
"""Similarity. The most that is taken off for kick-offs."""
