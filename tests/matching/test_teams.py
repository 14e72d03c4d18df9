from syncd.matching.aliases import Aliases
from syncd.matching.cards import Team
from syncd.matching.knowledge import shipped
from syncd.matching.names import NameReader
from syncd.matching.squads import FIRST_TEAM
from syncd.matching.teams import TeamTable

READ = NameReader(shipped())


def team(name, number=0):
    return Team(name=READ(name), squad=FIRST_TEAM, id=number)


def weight(left, right, *, lefts=(), rights=()):
    table = TeamTable(shipped(), Aliases(), {})
    table.compare([team(left), *map(team, lefts)], [team(right), *map(team, rights)])
    return table.likeness(team(left), team(right)).weight


def test_a_better_partner_elsewhere_is_held_against_a_pair():
    alone = weight("Grazer AK", "Sturm Graz")
    assert weight("Grazer AK", "Sturm Graz", rights=["Grazer AK"]) < alone - 2
    assert weight("Grazer AK", "Sturm Graz", lefts=["Sturm Graz"]) < alone - 2


def test_a_better_partner_that_has_one_itself_is_not():
    among = weight("Osaka V", "Verano", lefts=["FC Osaka"], rights=["FC Osaka"])
    assert among > weight("Osaka V", "Verano", rights=["FC Osaka"])


def test_only_names_with_something_in_common_are_compared():
    table = TeamTable(shipped(), Aliases(), {})
    table.compare([team("Motala")], [team("Utsikten"), team("Motala AIF")])
    assert list(table.near(team("Motala"))) == ["Motala AIF"]
