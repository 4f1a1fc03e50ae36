package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is the version that was released. The linker sets it (scripts/release), and sets nothing but variables of a
// package. Without it the build says what it knows of itself.
var release string

// versionLine is what heed --version prints: the release, else the revision that was built, and with what.
func versionLine(name string, info *debug.BuildInfo) string {
	known := ""
	if info != nil {
		known = info.Main.Version
	}
	return fmt.Sprintf("heed %s (%s %s/%s)", cmp.Or(name, known, "(devel)"), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
