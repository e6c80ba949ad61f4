"""The same stack applied by both providers to two emulators, edited, and compared down to what AWS's APIs read back."""
