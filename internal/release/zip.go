package main

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

type zipCommand struct {
	Out   string   `arg:"" help:"The zip."`
	Files []string `arg:"" help:"Its files, as they are named in it."`
	In    string   `default:"." help:"The folder that they are in."`
}

// Run writes the zip beside its place and moves it there when it is whole.
func (c zipCommand) Run() (err error) {
	out, err := os.CreateTemp(filepath.Dir(c.Out), ".zip-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(out.Name()) }()
	err = errors.Join(pack(out, os.DirFS(c.In), c.Files), out.Chmod(0o644), out.Close())
	if err != nil {
		return fmt.Errorf("pack %s: %w", c.Out, err)
	}
	return os.Rename(out.Name(), c.Out)
}

// pack writes a zip of the files in the order given. What differs from machine to machine is left out: times are the
// earliest that a zip can hold, there is no owner, and of the mode only whether a file may be run.
func pack(to io.Writer, from fs.FS, names []string) error {
	w := zip.NewWriter(to)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(out, flate.BestCompression)
	})
	for _, name := range names {
		if err := add(w, from, name); err != nil {
			return err
		}
	}
	return w.Close()
}

func add(w *zip.Writer, from fs.FS, name string) error {
	file, err := from.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	mode := fs.FileMode(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	header.SetMode(mode)
	entry, err := w.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, file)
	return err
}
