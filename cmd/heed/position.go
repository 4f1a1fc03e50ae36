package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// savePosition keeps where a command stands: the file is the old one or the new one, never a half.
func savePosition(file string, position any) error {
	content, err := json.Marshal(position)
	if err != nil {
		return fmt.Errorf("write the position: %w", err)
	}
	beside, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // 0600: it may tell of people
	if err != nil {
		return fmt.Errorf("write the position: %w", err)
	}
	_, err = beside.Write(content)
	if err = errors.Join(err, beside.Close()); err == nil {
		err = os.Rename(beside.Name(), file)
	}
	if err != nil {
		_ = os.Remove(beside.Name()) // nobody would know what it was
		return fmt.Errorf("write the position: %w", err)
	}
	return nil
}

// removePosition removes the position of a command that came to its end. Where there was nothing to do there is none.
func removePosition(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the position: %w", err)
	}
	return nil
}
