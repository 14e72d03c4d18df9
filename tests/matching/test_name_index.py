from syncd.matching.aliases import Aliases
from syncd.matching.knowledge import shipped
from syncd.matching.name_index import NameIndex
from syncd.matching.names import NameParser
from syncd.matching.records import Team
from syncd.matching.squads import FIRST_TEAM

READ = NameParser(shipped())


def team(name, number=0):
    return Team(name=READ(name), squad=FIRST_TEAM, id=number)


def weight(left, right, *, lefts=(), rights=()):
    names = NameIndex(shipped(), Aliases(), {})
    names.build([team(left), *map(team, lefts)], [team(right), *map(team, rights)])
    return names.evidence(team(left), team(right)).weight


def test_a_better_partner_elsewhere_speaks_against_a_pair():
    alone = weight("Grazer AK", "Sturm Graz")
    assert weight("Grazer AK", "Sturm Graz", rights=["Grazer AK"]) < alone - 2
    assert weight("Grazer AK", "Sturm Graz", lefts=["Sturm Graz"]) < alone - 2


def test_a_better_partner_that_fits_another_name_does_not():
    among = weight("Osaka V", "Verano", lefts=["FC Osaka"], rights=["FC Osaka"])
    assert among > weight("Osaka V", "Verano", rights=["FC Osaka"])


def test_only_names_with_something_in_common_are_compared():
    names = NameIndex(shipped(), Aliases(), {})
    names.build([team("Motala")], [team("Utsikten"), team("Motala AIF")])
    assert list(names.similar_names(team("Motala"))) == ["Motala AIF"]
