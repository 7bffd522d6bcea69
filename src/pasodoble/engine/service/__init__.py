"""What a person can ask for, one file a topic: the only door for pages and the command line."""
