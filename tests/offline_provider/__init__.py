"""The offline provider held against HashiCorp's own, and what it says where it refuses."""
