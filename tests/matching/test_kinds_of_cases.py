"""Cases of the kinds that lists never seen before have missed: each must be linked, or must wait."""

import pytest

from tests.matching.rounds import surprises

SECOND_TEAMS = """
# Spain - Primera RFEF | Primera Federación
= Barcelona B - Ibiza | Barcelona Atlètic - UD Ibiza
# Spain - Segunda RFEF | Segunda Federación
= Osasuna II - Eibar II | Osasuna B - Eibar B
# Spain - Segunda RFEF | Segunda Federación
= Espanyol B - Badalona | Espanyol U23 - Badalona
# France - National 2 | National 2
= Lyon II - Jura Sud | Lyon B - Jura Sud Foot
= Nantes B - Saumur | Nantes Reserves - Saumur
# Italy - Serie C | Serie C
= Atalanta U23 - Lecco | Atalanta II - Lecco
= Milan Futuro - Ternana | Milan U23 - Ternana
# Italy - Serie C | Serie C
= Juventus U23 - Foggia | Juventus Next Gen - Foggia
# Portugal - Liga 2 | Segunda Liga
= Porto B - Tondela | FC Porto II - Tondela
= Benfica II - Mafra | Benfica B - CD Mafra
# Denmark - 3. Division | 3. Division
= Brondby II - Ishoj | Brøndby Reserves - Ishøj IF
# Norway - 2. Division | 2. Division
= Rosenborg 2 - Ull/Kisa | Rosenborg II - Ullensaker/Kisa
= Molde II - Strindheim | Molde 2 - Strindheim
# Belgium - Challenger Pro League | Challenger Pro League
= Club NXT - Lokeren | Club Brugge II - KSC Lokeren
= Jong Genk - Francs Borains | Genk U23 - Francs Borains
# Belgium - Challenger Pro League | Challenger Pro League
= Anderlecht B - Eupen | RSCA Futures - KAS Eupen
# Czech Republic - CFL | CFL Group A
= Sparta Praha B - Viktoria Plzen B | Sparta Prague II - Viktoria Plzeň II
# Hungary - NB III | NB III
= Ujpest II - Vac | Újpest B - Vác
# Croatia - 2. NL | 2. NL
= Hajduk Split II - Solin | Hajduk Split B - NK Solin
# Argentina - Reserve League | Reserve League
= Boca Juniors - River Plate | Boca Juniors 2 - River Plate 2
# USA - MLS Next Pro | MLS Next Pro
= Inter Miami II - Orlando City B | Inter Miami CF II - Orlando City II
= New England Revolution II - Toronto FC II | New England II - Toronto II
# Ukraine - Druha Liha | Druha Liga
= Karpaty Lviv II - Skala 1911 | Karpaty-2 - Skala 1911 Stryi
# South Korea - K4 League | K4 League
= Jeonbuk Hyundai Motors II - Pyeongchang | Jeonbuk B - Pyeongchang United
# Mexico - Liga Premier | Segunda Division
= Cimarrones II - Gavilanes | Cimarrones (Premier) - Gavilanes Matamoros
# Mexico - Liga Premier | Segunda Division
? Cimarrones - Gavilanes | Cimarrones (Premier) - Gavilanes Matamoros
# Spain - Segunda RFEF | Segunda Federación
? Osasuna B - Eibar | Osasuna C - Eibar
# Italy - Serie C | Serie C
? Atalanta U23 - Lecco | Atalanta - Lecco
# France - National 2 | National 2
? Lyon - Jura Sud | Lyon B - Jura Sud Foot
> Lyon - Grenoble
# Norway - 2. Division | 2. Division
? Rosenborg 2 - Ull/Kisa | Rosenborg 3 - Ullensaker/Kisa
# Portugal - U19 Championship | Campeonato Nacional U19
? Porto U23 - Braga U23 | Porto - Braga
# Denmark - 3. Division | 3. Division
? Brondby U19 - Ishoj | Brøndby II - Ishøj IF
"""
"""A club has one second team in a senior league, whatever its mark; but never is it another squad."""

LEAGUES = """
# England - League 1 | League One
= Exeter City - Lincoln City | Exeter - Lincoln
# England - League 2 | League Two
= Crewe Alexandra - Barrow | Crewe - Barrow
# Serbia - Prva Liga | 1. Liga
= Macva Sabac - Graficar | Mačva Šabac - Grafičar Beograd
# Croatia - 1. NL | First NL
= Cibalia - Dugopolje | HNK Cibalia - NK Dugopolje
# Denmark - 1st Division | 1. Division
= Hobro - Kolding | Hobro IK - Kolding IF
# Norway - 1st Division | OBOS-ligaen
= Raufoss - Egersund | Raufoss IL - Egersunds IK
# Iceland - 1. Deild | Lengjudeildin
= Keflavik - Selfoss | Keflavík ÍF - UMF Selfoss
# Hungary - NB II | Merkantil Bank Liga
= Vasas - Szeged | Vasas SC - Szeged-Csanád GA
# Bulgaria - Second League | Vtora Liga
= Dunav Ruse - Fratria | FC Dunav - Fratria Varna
# Ireland - First Division | League of Ireland First Division
= Bray Wanderers - Treaty United | Bray - Treaty Utd
# Portugal - Liga 3 | Liga Three
= Sporting Covilha - Amora | SC Covilhã - Amora FC
# Ukraine - Persha Liga | First League
= Metalist Kharkiv - Ahrobiznes Volochysk | FC Metalist - Agrobiznes V.
# China - League 1 | China League One
= Nanjing City - Guangxi Pingguo | Nanjing City FC - Guangxi Pingguo Haliao
# South Korea - K League 2 | K-League Two
= Seoul E-Land - Ansan Greeners | Seoul E. - Ansan
# Chile - Primera B | Primera Division B
= Rangers de Talca - Deportes Temuco | Rangers - Dep. Temuco
# Uruguay - Segunda Division | 2nd Division
= Rentistas - Atenas San Carlos | CA Rentistas - Atenas
# Greece - Super League 2 | Super League Two
= Kalamata - Panionios | AO Kalamata 1980 - Panionios GSS
# Uzbekistan - Pro League | Birinchi Liga
= Shurtan Guzar - Bunyodkor | Shurtan - FC Bunyodkor
# Argentina - Primera Nacional | Primera Nacional B
= Nueva Chicago - Almagro | CA Nueva Chicago - Club Almagro
# Peru - Liga 2 | Segunda División
= Comerciantes FC - Santos | Comerciantes - Santos FC Nasca
# England - League 1 | League Two
? Exeter - Lincoln | Exeter - Cambridge
# Serbia - Super Liga | 2. Liga
? Radnicki - Sloga | Radnički 1923 - Sloga Kraljevo
# England - National League North | National League South
? Marine - Hereford | Maidstone - Hampton
"""
"""Leagues that one list numbers and the other spells, or that bear a sponsor's name."""

INITIALS = """
# England - Championship | Championship
= Queens Park R. - Sheffield W. | Queens Park Rangers - Sheffield Wednesday
# Argentina - Primera Nacional | Primera Nacional
= Talleres C. - Gimnasia J. | Talleres Cordoba - Gimnasia Jujuy
# Argentina - Liga Profesional | Liga Profesional
= Estudiantes L.P. - Central Cordoba S. | Estudiantes La Plata - Central Córdoba SdE
# Iceland - Besta Deild | Besta deild karla
= Vikingur R. - KR | Víkingur Reykjavík - KR Reykjavík
# Iceland - 1. Deild | 1. deild
= Leiknir R - Throttur R | Leiknir Reykjavik - Thróttur Reykjavík
# Belgium - Pro League | Pro League
= Zulte W. - St. Truiden | Zulte Waregem - Sint-Truiden
# Brazil - Serie B | Serie B
= Operario PR - Atletico GO | Operário Ferroviário - Atlético Goianiense
# Brazil - Serie B | Serie B
= Botafogo SP - America MG | Botafogo Ribeirão Preto - América Mineiro
# Brazil - Serie C | Serie C
= CSA AL - Nautico PE | CSA - Náutico
# Spain - Segunda Division | LaLiga 2
= Racing S. - Deportivo L.C. | Racing Santander - Deportivo La Coruña
# Chile - Primera Division | Primera Division
= U. de Chile - U. Catolica | Universidad de Chile - Universidad Catolica
# Uruguay - Primera Division | Primera Division
= Liverpool M. - Cerro L. | Liverpool Montevideo - Cerro Largo
# Peru - Liga 1 | Liga 1
= Univ. San Martin - Sport B. | Universidad San Martin - Sport Boys
# Greece - Super League | Super League
= PAOK - AEK A. | PAOK Saloniki - AEK Athens
# Northern Ireland - Premiership | NIFL Premiership
= Dungannon S. - Ballymena U. | Dungannon Swifts - Ballymena United
# Bulgaria - First League | Parva Liga
? CSKA S. - Lokomotiv P. | CSKA Sofia - Lokomotiv Plovdiv
# Serbia - Super Liga | Super Liga
? Radnicki N. - Spartak S. | Radnički Niš - Spartak Subotica
# England - National League | National League
= Dagenham & R. - Solihull M. | Dagenham & Redbridge - Solihull Moors
# England - Championship | Championship
? Sheffield W. - Bristol R. | Sheffield United - Bristol City
# Argentina - Primera Nacional | Primera Nacional
? Gimnasia J. - San Martin T. | Gimnasia Mendoza - San Martin San Juan
# Serbia - Super Liga | Super Liga
? Radnicki N. - Spartak S. | Radnički 1923 - Spartak Subotica
# Iceland - 1. Deild | 1. deild
? Leiknir R - Throttur R | Leiknir F - Thróttur V
# Spain - Segunda RFEF | Segunda RFEF
? Sevilla C - Betis B | Sevilla - Betis
# Serbia - Super Liga | Super Liga
= Radnicki K. - Spartak S. | Radnički Kragujevac - Spartak Subotica
# Norway - 1st Division | 1. divisjon
= Start K. - Sogndal F. | IK Start Kristiansand - Sogndal Fotball
# Croatia - 2. NL | 2. NL
= Dubrava Z. - Rudes | NK Dubrava Zagreb - NK Rudeš
"""
"""Letters that shorten a word, and letters that may shorten several."""

ACADEMIES = """
# Peru - Liga 1 | Liga 1
= Academia Cantolao - Melgar | Cantolao - FBC Melgar
# Chile - Segunda Division | Segunda Division
= Concon National - Provincial Osorno | Concón National - Provincial Osorno
# Portugal - Liga 2 | Liga 2
= Academica - Torreense | Académica Coimbra - SCU Torreense
# Venezuela - Primera Division | Liga FUTVE
= Academia Puerto Cabello - Zamora | Puerto Cabello - Zamora FC
# Argentina - Primera C | Primera C
= Sportivo Academia - Lugano | Sportivo Academia - CA Lugano
# Moldova - Super Liga | Super Liga
? Academia Chisinau - Dacia | Academia Chişinău - Dacia Buiucani
# Hungary - NB I | NB I
= Puskas Academy - Kisvarda | Puskás Akadémia - Kisvárda FC
# Hungary - NB I | NB I
= Puskas Academy - Paks | Puskás - Paksi FC
# Estonia - Esiliiga | Esiliiga
= Tallinna FC Ararat - Elva | Ararat Tallinn - FC Elva
# Kazakhstan - First Division | First League
= Akademia Ontustik - Kaspiy | Academy Ontustik - Kaspij
# Ghana - Premier League | Premier League
= Vision FC - Young Apostles | Vision - Young Apostles FC
# Senegal - Ligue 1 | Ligue 1
= Generation Foot - Dakar Sacre Coeur | Génération Foot - Dakar SC
# Ghana - Division One | Division One
= Attram De Visser Academy - Tema Youth | Attram De Visser - Tema Youth
# Hungary - NB III | NB III
? Puskas Academy II - Vac | Puskás Akadémia - Vác
# England - Premier League | Premier League
? Chelsea Academy - Fulham Academy | Chelsea - Fulham
# Peru - Liga 1 | Liga 1
? Academia Cantolao U20 - Melgar U20 | Cantolao - FBC Melgar
# Australia - NPL | NPL Victoria
= Melbourne Knights - Oakleigh Cannons | Melbourne Knights FC - Oakleigh
# Wales - Cymru South | Cymru South
= Cardiff Academy - Briton Ferry | Cardiff Academy FC - Briton Ferry Llansawel
# Croatia - 3. NL | 3. NL
? Dinamo Zagreb Academy - Sesvete | Dinamo Zagreb II - NK Sesvete
"""
"""Academy as a part of a first team's name, and as a squad."""

PLACEHOLDERS = """
# Italy - Serie C | Serie C Group A
= Novara - Pro Vercelli | Novara FC - Pro Vercelli @+17h
# Italy - Serie C | Serie C
= Arezzo - Rimini @-19h | Arezzo - Rimini
= Pescara - Perugia @-19h | Pescara - Perugia
# Portugal - Liga 2 | Liga 2
= Feirense - Maritimo @+4h | CD Feirense - CS Marítimo
# Argentina - Primera Nacional | Primera Nacional
= Atlanta - Defensores de Belgrano | CA Atlanta - Defensores Belgrano @+5h
# Chile - Primera Division | Primera División
= Huachipato - Nublense | Huachipato - Ñublense @+20h
# Greece - Super League | Super League
= Volos - Lamia | Volos NFC - PAS Lamia @+6h
# Iran - Azadegan League | Azadegan League
= Saipa - Naft Masjed Soleyman | Saipa - Naft MIS @+4h
# Morocco - Botola | Botola Pro
= Raja Casablanca - FAR Rabat | Raja CA - AS FAR @+5h
# Colombia - Primera A | Primera A
= Millonarios - Junior | Millonarios FC - Junior FC @+21h
# Hungary - NB II | NB II
= Vasas - Ajka | Vasas - FC Ajka @+4h
# Ukraine - Premier League | Premier League
= Kryvbas - Veres Rivne | Kryvbas KR - Veres @+3h
# Brazil - Serie D | Serie D
= Maringa - Cianorte | Maringá FC - Cianorte @+19h
# England - FA Cup | FA Cup
= Tamworth - Huddersfield | Tamworth - Huddersfield Town @+22h
# Spain - Copa del Rey | Copa del Rey
? Ourense - Deportivo | Ourense CF - Deportivo La Coruña @+5h
# Serbia - Super Liga | Super Liga
? Radnicki - Spartak | Radnički Niš - Spartak Subotica @+20h
# Italy - Serie C | Serie C
? Novara - Pro Patria | Novara - Pro Vercelli @+17h
# Brazil - Serie D | Serie D
? Maringa - Cianorte | Maringá - Cianorte @+60h
# Chile - Primera Division | Primera División
? Universidad de Chile - Palestino | Universidad Católica - Palestino @+20h
"""
"""Hours off where names and league leave no doubt."""

SMALL_ROUNDS = """
# Serbia - Super Liga | Super Liga
= Crvena Zvezda - Novi Pazar | Red Star - Novi Pazar
# Denmark - Superliga | Superliga
= OB - Viborg | Odense - Viborg FF
# China - Super League | Super League
= Tianjin Quanjian - Henan | Tianjin Tianhai - Henan Songshan Longmen
# Slovenia - PrvaLiga | Prva liga
= Calcit Kamnik - Mura | NK Kamnik - NŠ Mura
= Bravo - Celje | NK Bravo - NK Celje
= Olimpija - Maribor | Olimpija Ljubljana - NK Maribor
= Quarrymen - Koper | Radomlje - FC Koper
# Slovenia - PrvaLiga | Prva liga
? Quarrymen - Koper | Radomlje - FC Koper
# Bulgaria - First League | Parva Liga
? Quarrymen - Levski | Beroe - Levski Sofia
= Ludogorets - Botev Plovdiv | Ludogorets Razgrad - Botev Plovdiv
# Estonia - Meistriliiga | Meistriliiga
= Levadia - Flora | FCI Levadia - FC Flora
= Nomme Kalju - Paide | JK Nõmme Kalju - Paide Linnameeskond
? Kuressaare - Parnu | FC Kuressaare - Pärnu JK Vaprus
# Iceland - Besta Deild | Besta deild
= IA Akranes - FH | ÍA - FH Hafnarfjördur
= IBV - KA | ÍBV Vestmannaeyjar - KA Akureyri
# Wales - Cymru Premier | Cymru Premier
= TNS - Bala Town | The New Saints - Bala
= Haverfordwest - Barry | Haverfordwest County - Barry Town
# Northern Ireland - Premiership | Premiership
= Glentoran - Crusaders | Glentoran FC - Crusaders FC
? Quarrymen - Linfield | Portadown - Linfield FC
# Cyprus - 1st Division | First Division
= Omonia - Apollon | Omonia Nicosia - Apollon Limassol
# Montenegro - Prva CFL | 1. CFL
= Buducnost - Sutjeska | Budućnost Podgorica - Sutjeska Nikšić
# Moldova - Super Liga | Super Liga
= Sheriff - Zimbru | Sheriff Tiraspol - Zimbru Chişinău
# Bolivia - Primera Division | Division Profesional
= Bolivar - The Strongest | Bolívar - Strongest
= Always Ready - Blooming | Always Ready - Club Blooming
# Serbia - Super Liga | Super Liga
? Radnicki - Vojvodina | Radnički Niš - Vojvodina
> Radnički 1923 - Partizan
# Croatia - HNL | HNL
= Istra 1961 - Gorica | NK Istra - HNK Gorica
? Lokomotiva - Slaven | Varaždin - Slaven Belupo
# Norway - Eliteserien | Eliteserien
= HamKam - Sarpsborg | Hamarkameratene - Sarpsborg 08
= KFUM - Bryne | KFUM Oslo - Bryne FK
# Vietnam - V.League 1 | V-League
= Viettel - Nam Dinh | The Cong Viettel - Thép Xanh Nam Định
= HAGL - Binh Dinh | Hoàng Anh Gia Lai - Quy Nhon Binh Dinh
"""
"""Too few other games for elimination: names and the table of clubs decide."""

ALIKE = """
# China - U21 League | U21 League
? Henan - Hubei | Hunan - Hebei
# China - Women's National Games | National Games
? Shaanxi - Henan | Shanxi - Hunan
# England - Isthmian League | Isthmian League
? Horsham - Ashton | Hersham - Aston
# Indonesia - Liga 4 | Liga 4
? Persitara - Persida | Persitas - Persija
? Persekap - Persepam | Persekat - Persepar
# Spain - Copa del Rey | Copa del Rey
? Arenas Getxo - Real Union | Arenas - Real Jaen
# Finland - Kakkonen | Kakkonen
= Kajaani - Sotkamo | Kajaanin - Sotkamon Jymy
# Ukraine - Druha Liha | Druha Liha
= Hirnyk-Sport - Nyva Ternopil | Girnyk-Sport - Niva Ternopil
# Saudi Arabia - Division 2 | Division 2
= Al Taqadom - Al Ansar | Al Taqadum - Al Ansar
"""
"""Other places of nearly one name, and one name in another spelling beside one that is the same."""


def leagues(text: str):
    """Yield league, tournament and games of each block that begins with `# league | tournament`."""
    for block in text.strip().removeprefix("# ").split("\n# "):
        head, *games = block.splitlines()
        yield *head.split(" | "), games


KINDS = (SECOND_TEAMS, LEAGUES, INITIALS, ACADEMIES, PLACEHOLDERS, SMALL_ROUNDS, ALIKE)
CASES = [case for text in KINDS for case in leagues(text)]


@pytest.mark.parametrize(("league", "tournament", "games"), CASES)
def test_each_game_finds_its_match_or_waits(league, tournament, games):
    assert surprises(league, tournament, games) == []


def test_a_game_that_comes_out_otherwise_is_a_surprise():
    lines = ["? Exeter - Lincoln | Exeter City - Lincoln City", "= Barrow - Crewe | Bromley - Walsall"]
    assert surprises("England - League 1", "League One", lines) == lines
