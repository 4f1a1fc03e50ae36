package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// sumsFile is what sha256sum --check reads.
const sumsFile = "SHA256SUMS"

type sumsCommand struct {
	Dir string `arg:"" type:"existingdir" help:"The folder."`
}

// Run writes a line for each file.
func (c sumsCommand) Run() error {
	entries, err := os.ReadDir(c.Dir) // in the order of their names
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, e := range entries {
		if e.Name() == sumsFile || !e.Type().IsRegular() {
			continue
		}
		sum, err := sumOf(filepath.Join(c.Dir, e.Name()))
		if err != nil {
			return fmt.Errorf("sum up %s: %w", e.Name(), err)
		}
		fmt.Fprintf(&lines, "%x  %s\n", sum, e.Name())
	}
	return os.WriteFile(filepath.Join(c.Dir, sumsFile), []byte(lines.String()), 0o644) //nolint:gosec // is given out
}

func sumOf(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	h := sha256.New()
	_, err = io.Copy(h, file)
	return h.Sum(nil), err
}
