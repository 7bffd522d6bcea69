"""Alerts to people, outwards: nothing is sent yet. What went wrong is `model/cause`'s, the words for it `words`'."""
