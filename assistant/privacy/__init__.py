"""What protects the people who write: nothing that could tell who they are is stored."""
