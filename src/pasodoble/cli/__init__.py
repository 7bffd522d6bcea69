"""The command line: data on stdout, talk on stderr, one file a command. Decides nothing; asks `engine/service`."""
