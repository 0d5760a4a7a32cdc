"""What a person may ask the assistant for, one file each; none changes or sends anything."""
