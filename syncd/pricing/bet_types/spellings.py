"""The known spellings of bet types: tables to read and edit, compiled by `shapes`.

BetTune's own list is not public, so these are what users of such services write in the languages of its
site: English, German, Russian, Polish, Turkish. Case, accents, brackets, spaces and `2,50` for `2.5` make no
difference. Bars or line breaks separate spellings.

`TERMS` are words with one meaning. `SHAPES` say how terms make up a bet type: `<term>` is any spelling of
that term, `[<term>]` may be left out, `{kind}` is a number of that kind:

    {line}   a line without sign                      {hdp}    a handicap; a missing sign is a plus
    {score}  the goals of both teams: 2-1, 2:1
    {half}   a handicap that is not whole, or 0       {whole}  a whole handicap other than 0
    {signed}, {signed half}, {signed whole}           the same with a sign (0 has none)

SIDE stands for home and then for away, OU for over and then for under, FIRST and SECOND for home, draw, away.
"""

from typing import Final

TERMS: Final = {
    "home": "1 | h | <home team>",
    "away": "2 | a | <away team>",
    "home team": """
        home | home team | team 1 | hosts
        heim | heimteam | heimmannschaft
        хозяева | команда 1 | 1 команда | первая команда
        gospodarze | gospodarz | gospodarzy
        ev sahibi | ev sahibi takım | takım 1
    """,
    "away team": """
        away | away team | team 2 | visitors | guest | guests
        auswärts | auswaerts | auswarts | auswärtsteam | gast | gastmannschaft
        гости | команда 2 | 2 команда | вторая команда
        goście | gość | gości
        deplasman | deplasman takım | konuk | misafir | takım 2
    """,
    "draw": """
        x | d | draw | tie
        unentschieden
        ничья
        remis
        beraberlik | berabere
    """,
    "home win": """
        w1 | win 1 | 1 win | home win | home to win | home wins | team 1 to win | team 1 win
        heimsieg | sieg heim | sieg 1
        п1 | победа 1 | победа хозяев | победа первой команды
        wygrana gospodarzy | zwycięstwo gospodarzy | wygra gospodarz
        ms 1 | ev sahibi kazanır
    """,
    "away win": """
        w2 | win 2 | 2 win | away win | away to win | away wins | team 2 to win | team 2 win
        auswärtssieg | auswaertssieg | auswartssieg | sieg auswärts | sieg 2
        п2 | победа 2 | победа гостей | победа второй команды
        wygrana gości | zwycięstwo gości | wygra gość
        ms 2 | deplasman kazanır
    """,
    "result": """
        1x2 | moneyline | money line | ml | match odds | match result | match winner | winner | result
        full time result | ftr | odds
        spielausgang | siegwette | endergebnis | endstand | tipp | tip
        исход | исход матча | победитель
        wynik | wynik meczu | wynik końcowy
        maç sonucu | ms | sonucu
    """,
    "over": """
        over | o | more than
        über | ueber | uber | ü | mehr als | mehr
        больше | б | свыше
        powyżej | ponad | więcej niż
        üst | ust
    """,
    "under": """
        under | u | less than | fewer than
        unter | weniger als | weniger
        меньше | м
        poniżej | mniej niż
        alt
    """,
    "total": """
        total | totals | total goals | goals | o/u | over/under | goals over/under
        asian total | asian totals
        gesamt | tore | gesamttore | tore gesamt | anzahl tore | über/unter | uber/unter
        тотал | голы | тотал голов
        suma goli | gole | liczba goli | suma bramek | bramki
        toplam | toplam gol | alt/üst | alt/ust
    """,
    "total over": "to | тб | тотал б",
    "total under": "tu | тм | тотал м",
    "goals": """
        goals | goal | total goals
        tore | tor
        голов | гола | гол | мячей
        goli | gole | gola | bramek | bramki
        gol
    """,
    "team total": """
        team total | team totals | tt | individual total | team goals | it
        teamtore | tore team
        индивидуальный тотал | инд тотал | ит
        suma goli drużyny | gole drużyny
        takım toplam | takım toplam gol
    """,
    "team total over": "итб",
    "team total under": "итм",
    "double chance": """
        double chance | dc
        doppelte chance
        двойной шанс | дш
        podwójna szansa
        çifte şans | çş
    """,
    "draw no bet": """
        draw no bet | dnb
        unentschieden keine wette | unentschieden geld zurück | unentschieden = geld zurück
        ничья возврат | ничья = возврат | ставка без ничьей
        remis nie ma zakładu | remis bez zakładu | remis zwrot | remis = zwrot | zakład bez remisu
        beraberlikte iade
    """,
    "asian handicap": """
        ah | asian handicap | asian hcp | asian spread | spread
        asiatisches handicap | asian hc
        фора | ф | азиатская фора | азиатский гандикап
        handicap azjatycki | azjatycki handicap
        asya handikap | asya handikapı
    """,
    "handicap": """
        handicap | hcp | hc
        гандикап
        handikap
    """,
    "european handicap": """
        eh | european handicap | 3 way handicap | three way handicap | handicap 3 way
        europäisches handicap
        европейский гандикап | европейская фора
        handicap europejski
        avrupa handikap | avrupa handikapı
    """,
    "both teams to score": """
        btts | bts | both teams to score | both teams score | both to score
        beide teams treffen | beide treffen
        обе забьют | обе команды забьют | оз
        obie drużyny strzelą | obie drużyny strzelą gola | oba zespoły strzelą | obie strzelą
        karşılıklı gol | kg
    """,
    "yes": "yes | y | ja | да | tak | evet | var",
    "no": "no | n | nein | нет | nie | hayır | yok",
    "odd": "odd | ungerade | нечет | nieparzysta | nieparzyste | tek",
    "even": "even | gerade | чет | parzysta | parzyste | çift",
    "odd/even": "odd/even | odd even | gerade/ungerade | чет/нечет | parzyste/nieparzyste | tek/çift",
    "correct score": """
        correct score | cs | exact score | score | final score | result
        genaues ergebnis | exaktes ergebnis | korrektes ergebnis | ergebnis | endergebnis
        точный счёт | счёт
        dokładny wynik | wynik dokładny | wynik | wynik meczu
        maç skoru | skor | doğru skor | kesin skor
    """,
    "half-time/full-time": """
        ht/ft | ht ft | htft | half time/full time | half time full time
        halftime/fulltime | halftime fulltime
        halbzeit/endstand | halbzeit endstand | halbzeit/endergebnis | hz/es | hz/ee
        тайм/матч | тайм матч
        przerwa/koniec | przerwa/mecz | połowa/mecz | do przerwy/mecz | wynik do przerwy/końcowy
        iy/ms | ilk yarı/maç sonucu | ilk yarı maç sonucu
    """,
    "home ahead": "<home> | <home win>",
    "draw ahead": "<draw>",
    "away ahead": "<away> | <away win>",
    "or": "or | oder | или | lub | veya",
}

SHAPES: Final = {
    "moneyline SIDE": "[<result>] <SIDE> | [<result>] <SIDE win>",
    "moneyline draw": "[<result>] <draw> | ms 0",
    "moneyline draw period 1": "iy 0 | ilk yarı 0",
    "total {line} OU": """
        [<total>] <OU> [<total>] {line} [<goals>] | [<total>] {line} <OU> | [<total>] {line} <goals> <OU>
        <total OU> {line} | odds <OU> {line}
    """,
    "team_total SIDE {line} OU": """
        <team total> <SIDE> <OU> {line} [<goals>] | <team total> <SIDE> {line} <OU>
        <team total> <OU> <SIDE> {line} | <team total OU> <SIDE> {line}
        <SIDE team> <team total> <OU> {line} | <SIDE team> <total> <OU> {line}
        <SIDE team> <OU> {line} <goals> | <SIDE team> <goals> <OU> {line}
        <OU> {line} <SIDE team> <goals> | <OU> {line} <goals> <SIDE team>
    """,
    "double_chance 1X": """
        [<double chance>] 1x | [<double chance>] x1 | 1x <double chance> | <home> <or> <draw>
        <draw> <or> <home> | <double chance> <home> / <draw>
        <double chance> <home> <or> <draw> | <double chance> <home> <draw>
    """,
    "double_chance 12": """
        [<double chance>] 12 | 12 <double chance> | <home> <or> <away>
        <double chance> <home> / <away> | <double chance> <home> <or> <away> | <double chance> <home> <away>
    """,
    "double_chance X2": """
        [<double chance>] x2 | [<double chance>] 2x | x2 <double chance> | <draw> <or> <away>
        <double chance> <draw> / <away> | <double chance> <draw> <or> <away> | <double chance> <draw> <away>
        <away> <or> <draw>
    """,
    "draw_no_bet SIDE": "<draw no bet> <SIDE> | <SIDE> <draw no bet> | <SIDE win> <draw no bet>",
    "spread {hdp} SIDE": "<asian handicap> <SIDE> {hdp} | <SIDE team> <asian handicap> {hdp}",
    "spread {signed} SIDE": "<asian handicap> {signed} <SIDE>",
    "spread {half} SIDE": "<handicap> <SIDE> {half} | <SIDE team> <handicap> {half}",
    "spread {signed half} SIDE": "<SIDE team> {signed half} | <handicap> {signed half} <SIDE>",
    "both_teams_to_score yes": "<both teams to score> <yes> | gg",
    "both_teams_to_score no": "<both teams to score> <no> | ng",
    "odd_even odd": "[<odd/even>] <odd> | [<total>] <odd> | <odd> <goals> | <odd> <odd/even>",
    "odd_even even": "[<odd/even>] <even> | [<total>] <even> | <even> <goals> | <even> <odd/even>",
    "correct_score {score}": "<correct score> {score} | {score} <correct score>",
    "half_time_full_time FIRST/SECOND": """
        <half-time/full-time> <FIRST ahead> / <SECOND ahead>
        <half-time/full-time> <FIRST ahead> <SECOND ahead>
        <FIRST ahead> / <SECOND ahead> <half-time/full-time>
    """,
}
"""Selection -> the shapes of its bet type."""

HALF_SPELLINGS: Final = {
    True: "ht | half time | halftime | hz | halbzeit",
    False: "h | half | тайм | тайме | т | половина | połowa | połowie | yarı | yarıda | y",
}
"""Words for a half; the key is true if they mean the first half without a number beside them."""

PERIOD_SPELLINGS: Final = {
    0: """
        ft | full time | fulltime | match | 90 min | regular time
        ganzes spiel | матч | основное время | cały mecz | mecz | maç
    """,
    1: """
        1st half | first half
        in 1 half | in 1st half | in first half | in the 1st half | in the first half
        erste halbzeit | in der 1 halbzeit | in der ersten halbzeit | zur halbzeit
        1 й тайм | первый тайм | в 1 тайме | в 1 м тайме | в первом тайме
        pierwsza połowa | do przerwy | w 1 połowie | w pierwszej połowie
        iy | ilk yarı | ilk yarıda
    """,
    2: """
        2nd half | second half
        in 2 half | in 2nd half | in second half | in the 2nd half | in the second half
        zweite halbzeit | in der 2 halbzeit | in der zweiten halbzeit
        2 й тайм | второй тайм | в 2 тайме | во 2 м тайме | во втором тайме
        druga połowa | w 2 połowie | w drugiej połowie
        ikinci yarı | ikinci yarıda
    """,
}
"""Period -> the words for it, which may be anywhere in a bet type."""

AMBIGUOUS: Final = {
    "it may be double chance or half-time/full-time": """
        <home> / <draw> | <home> / <away> | <draw> / <away>
        <draw> / <home> | <away> / <home> | <away> / <draw>
    """,
    "it may be half-time/full-time: add that name, as in HT/FT 1/1": """
        <home> / <home> | <draw> / <draw> | <away> / <away>
    """,
    "a bare score may be a correct score or half-time/full-time, of the match or of a half": "{score}",
    "a whole handicap may be Asian (stake back) or European (three-way)": """
        <handicap> <SIDE> {whole} | <SIDE team> {signed whole} | <SIDE team> <handicap> {whole}
        <handicap> {signed whole} <SIDE>
    """,
    "Pinnacle has no price for a three-way handicap": """
        <european handicap> <home> {hdp} | <european handicap> <away> {hdp} | <european handicap> <draw> {hdp}
        <handicap> <draw> {hdp}
    """,
    "it may be the total of one team, or a win and a total together": "<SIDE> <OU> {line}",
    "the sign of the handicap is missing": "<SIDE team> {line}",
    "the side is missing": """
        <total> {line} | <asian handicap> {signed} | <handicap> {signed} | <double chance> | <draw no bet>
        <both teams to score> | gg / ng | <odd/even> | <total> | <result> | <half-time/full-time>
        <half-time/full-time> <home> | <half-time/full-time> <draw> | <half-time/full-time> <away>
    """,
    "the score is missing": "<correct score>",
    "the line is missing": "[<total>] <OU>",
    "H1 and H2 may be halves, handicaps or sides": "h1 | h2 | h1 {hdp} | h2 {hdp} | 1h | 2h",
}
"""Reason to refuse a bet type that looks clear -> its shapes. These are tried before `SHAPES`."""

EXAMPLES: Final = (
    *(
        "Home",
        "Draw",
        "Away",
        "Over 2.5",
        "Under 2.5",
        "1X",
        "12",
        "X2",
        "Draw no bet home",
        "Draw no bet away",
    ),
    *("AH1 -0.5", "AH2 +0.5", "Asian handicap home -0.5", "Asian handicap away +0.5", "Handicap 1 (-1.5)"),
    *("Team total home over 1.5", "Team total away over 1.5", "Team total home under 1.5", "IT1 O1.5"),
    *("Correct score 2-1", "CS 1:1", "HT/FT 1/X", "HT/FT home/home", "Half time/full time X/2"),
    *("Both teams to score yes", "Both teams to score no", "BTTS yes", "BTTS no", "Odd", "Even"),
    *("Home HT", "Draw HT", "Away HT", "Over 1.5 HT", "Under 1.5 HT", "Double chance 1X", "Double chance X2"),
    *("Heimsieg", "Unentschieden", "Auswärtssieg", "Über 2.5", "Unter 2.5", "Doppelte Chance 1X"),
    *("Победа 1", "Ничья", "Победа 2", "Тотал больше 2.5", "Тотал меньше 2.5", "Фора 1 (-0.5)"),
    *("Gospodarze", "Remis", "Goście", "Powyżej 2.5", "Poniżej 2.5", "Ev sahibi", "Beraberlik", "Deplasman"),
)
"""Known names, to suggest in place of an unknown one."""
