"""Arguments of any resource: their form, their range, their names, and settings that contradict each other."""
