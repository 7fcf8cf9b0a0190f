package main

import (
	"contenders/internal/kit"

	"github.com/lxzan/gws"
)

// compress turns permessage-deflate on, as the library's examples/echo/main.go
// has it, and says so.
func compress(settings *gws.ServerOption) []kit.Option {
	deflate := &settings.PermessageDeflate
	deflate.Enabled = true
	deflate.ServerContextTakeover = true
	deflate.ClientContextTakeover = true
	return []kit.Option{
		kit.NewOption("PermessageDeflate.Enabled", deflate.Enabled),
		kit.NewOption("PermessageDeflate.ServerContextTakeover", deflate.ServerContextTakeover),
		kit.NewOption("PermessageDeflate.ClientContextTakeover", deflate.ClientContextTakeover),
	}
}
