"""The archive for assistants: tools that read and never write, by the Model Context Protocol (MCP).

`watchdesk mcp` and the page's `/mcp` offer the same tools. Each asks an operation of the API; what stands
here makes an answer of its document that fits into a conversation. The SDK of the protocol is an extra; only
`protocol` and `stdio` load it.
"""
