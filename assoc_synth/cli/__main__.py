"""`python -m assoc_synth.cli`: the command line where the console script is not on the path."""

from assoc_synth.cli import main

main()
