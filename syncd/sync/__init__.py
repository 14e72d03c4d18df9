"""From what BetTune should hold to the requests that make it so.

A price goes down this list:

`planner`: takes from its inbox what may have changed, loads it (`inputs`, `freshness`,
    `references`) and plans it
`wanted`: the rules, one after the other: a filter and a match (`states`) -> a price, or why there is none
`wanted_table`, `actual_table`: all wanted values; all actual ones, as last read or written
`plan`: wanted against actual -> changes to write, pairs to read first
`plausibility`: the changes that are withheld: sudden falls, suspicious masses
`queue`, `reads`: what waits for the writer, by `priority`: delete and raise by the money at risk, lower,
    create; reads, which also find drift. `retries`: when what went wrong is tried again
`writer`: sends it through `syncd.bettune.gateway`; `outcome` says what came of a write, `ownership` what a
    reading means
`preview`: the same plan over all pairs from the store alone, for `syncd plan` and `syncd explain`
"""
