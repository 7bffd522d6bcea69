"""Three-way merge: what two records should hold, which records are one thing, and what may sync. Pure, for every kind alike."""
