"""Seeds that once broke a promise: they are played first. What each has found is told beside it."""

from __future__ import annotations

CORPUS = {
    9: "an edit between read and write was covered, under a rule by which it did not count",
    12: "HubSpot's history was not looked at after a write that only one side's rule allowed",
    16: "a record made by a run that died was merged away before it was known",
    21: "a second run replaced the intent of one that died, and what that one had written was never told",
    36: "a merge's survivor was paired anew in the very batch in which the link followed to it",
    37: "the pair of a merge's loser could not take the survivor's address, which its twin still held",
    76: "a plan counted as a change of the store",
    122: "a lead converted after its contact was deleted was taken for somebody new",
    165: "the same, with the pair retired before",
    183: "an answer without the address was taken for a record that has none",
    190: "a blank over a blank, right after a first sync",
    195: "a merge's survivor without a value cleared the other side",
    227: "an edit in a field that was blank when the pair was made did not outlive a deletion",
    308: "an edit that was put back and whose writer died was taken for a stray write",
    780: "after a look at everything anew, the contact that a lead became was taken for somebody new",
    907: "an edit that was put back on one side only was taken for a stray write",
    1491: "what a run had written before it died was not told, for the pair was given up by then",
    1686: "a create found by its key was written to before its link was confirmed",
    4230: "a record restored beside its stand-in was nobody's partner when the other side's was deleted: no resurrection",
    4270: "a lead converted after its contact was deleted, heard of in a look at everything anew",
    4528: "the same as 1491, with the contact deleted instead",
}
