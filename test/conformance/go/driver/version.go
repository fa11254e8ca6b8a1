package driver

import "runtime/debug"

// ModuleVersion is the version of a module that this driver was built with.
func ModuleVersion(path string) string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return "unknown"
}
