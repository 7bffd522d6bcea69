"""Three-way merge: what two records should hold, which records are one thing, and what may sync. For every kind alike.

Pure. Neither a vendor's names nor the writes that follow from a decision belong here.
"""
