"""The review desk: a web page where inspectors decide, agents appeal and trainers listen."""
