"""utterances → turns with roles."""
