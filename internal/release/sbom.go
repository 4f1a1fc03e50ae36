package main

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

type sbomCommand struct {
	Version  string    `required:"" help:"The release, as v0.1.0."`
	At       time.Time `required:"" help:"When its source was committed (RFC 3339)."`
	Binaries []string  `arg:"" type:"existingfile" help:"The binaries that are given out."`
}

// Run writes the bill of what is linked into any of the binaries to standard output.
func (c sbomCommand) Run() error {
	infos := make([]*debug.BuildInfo, 0, len(c.Binaries))
	for _, path := range c.Binaries {
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		infos = append(infos, info)
	}
	if err := writeSBOM(os.Stdout, c.Version, c.At, infos); err != nil {
		return fmt.Errorf("write the bill of materials: %w", err)
	}
	return nil
}

// The members of CycloneDX 1.6 that are written.
type (
	bill struct {
		Format       string      `json:"bomFormat"`
		SpecVersion  string      `json:"specVersion"`
		Version      int         `json:"version"`
		Metadata     metadata    `json:"metadata"`
		Components   []component `json:"components"`
		Dependencies []relation  `json:"dependencies"`
	}
	metadata struct {
		Timestamp time.Time `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type    string `json:"type"`
		Ref     string `json:"bom-ref"`
		Name    string `json:"name"`
		Version string `json:"version"`
		PURL    string `json:"purl"`
		Hashes  []hash `json:"hashes,omitempty"`
	}
	hash struct {
		Alg     string `json:"alg"`
		Content string `json:"content"`
	}
	relation struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn"`
	}
)

// writeSBOM tells the modules that the linker took and Go's own library, once each, in the order of their names. Which
// of them uses which other a binary does not say, so all are told as heed's.
func writeSBOM(to io.Writer, version string, at time.Time, infos []*debug.BuildInfo) error {
	if len(infos) == 0 {
		return errors.New("there are no binaries")
	}
	parts := map[string]component{}
	for _, info := range infos {
		parts["std"] = part("std", strings.TrimPrefix(info.GoVersion, "go"), "")
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			parts[m.Path+"@"+m.Version] = part(m.Path, m.Version, m.Sum)
		}
	}
	main := part(infos[0].Main.Path, version, "")
	main.Type = "application"
	b := bill{
		Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata:     metadata{Timestamp: at.UTC(), Component: main},
		Dependencies: []relation{{Ref: main.Ref}},
	}
	for _, key := range slices.Sorted(maps.Keys(parts)) {
		b.Components = append(b.Components, parts[key])
		b.Dependencies[0].DependsOn = append(b.Dependencies[0].DependsOn, parts[key].Ref)
	}
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(b)
}

func part(path, version, sum string) component {
	purl := "pkg:golang/" + path + "@" + version
	c := component{Type: "library", Ref: purl, Name: path, Version: version, PURL: purl}
	// go.sum's h1: is a SHA-256 over the module's files (golang.org/x/mod/sumdb/dirhash).
	if h1, ok := strings.CutPrefix(sum, "h1:"); ok {
		if raw, err := base64.StdEncoding.DecodeString(h1); err == nil {
			c.Hashes = []hash{{Alg: "SHA-256", Content: hex.EncodeToString(raw)}}
		}
	}
	return c
}
