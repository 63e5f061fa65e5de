"""docqa for other programs: an MCP server and an OpenAI-compatible HTTP endpoint."""
