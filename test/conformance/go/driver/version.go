package driver

import (
	"runtime/debug"
	"strings"
)

// ModuleVersion is the version of a module that this driver was built with, without Go's v.
func ModuleVersion(path string) string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == path {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return "unknown"
}
