// Command release makes the files of a release: zips with the same bytes for the same content, a bill of materials,
// checksums, notes. scripts/release and the Makefile call it, so that building needs Go and nothing else.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

type commands struct {
	Zip   zipCommand   `cmd:"" help:"Pack files into a zip that depends on their names, modes and bytes only."`
	Sbom  sbomCommand  `cmd:"" help:"Write the bill of materials of Go binaries (CycloneDX)."`
	Sums  sumsCommand  `cmd:"" help:"Write SHA256SUMS of the files of a folder."`
	Notes notesCommand `cmd:"" help:"Print what the changelog says of a version."`
}

func main() {
	var c commands
	if err := kong.Parse(&c, kong.Name("release")).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}
