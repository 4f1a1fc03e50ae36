package simulator

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// The files of a data directory.
const (
	callsName = "calls.jsonl" // a beginning, then an entry a line
	lockName  = "lock"        // held while a double is open
)

// dataFormat is the format of calls.jsonl. It goes up when an older double would misread what a newer one writes.
const dataFormat = 1

// beginning is the first line of calls.jsonl: what holds for the account for good.
type beginning struct {
	Format    int       `json:"format"`
	At        time.Time `json:"at"`
	Seed      uint64    `json:"seed"`
	Region    string    `json:"region"`
	AccountID string    `json:"accountId"`
	Sandbox   bool      `json:"sandbox"` // in its first moment
}

// callFile keeps the calls that changed the account. A line is handed to the operating system before its call is
// answered, so the end of the process, however sudden, loses none that was answered. It is not forced to the disk: a
// machine that loses power may lose the last ones.
type callFile struct {
	file *os.File
	lock io.Closer
	err  error // why nothing more is written
}

// openCalls takes a directory for this process and makes what it lacks.
func openCalls(dir string) (*callFile, error) {
	// Numbers of people and what they wrote are nobody else's business.
	const ours, oursToList = 0o600, 0o700
	if err := os.MkdirAll(dir, oursToList); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, callsName), os.O_RDWR|os.O_CREATE, ours)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &callFile{file: file, lock: lock}, nil
}

// write adds a line. After a failure it writes nothing more: a later call may build on what is missing.
func (f *callFile) write(line any) {
	if f.err != nil {
		return
	}
	if _, err := f.file.Write(append(mustJSON(line), '\n')); err != nil {
		f.err = fmt.Errorf("keeping a call: %w", err)
	}
}

// close ends the writing and lets the directory go.
func (f *callFile) close() error {
	failed := f.err
	if errors.Is(failed, errClosed) {
		return nil
	}
	f.err = errClosed
	return errors.Join(failed, f.file.Close(), f.lock.Close())
}

var errClosed = errors.New("the double is closed")

// read hands on each line with its number. A half-written one at the end, which no call was answered for, is cut off.
func (f *callFile) read(each func(number int, line []byte) error) error {
	lines := bufio.NewReader(f.file)
	var whole int64
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF):
			return f.cut(whole)
		case err != nil:
			return err
		}
		if err := each(number, line); err != nil {
			return fmt.Errorf("line %d of %s: %w", number, callsName, err)
		}
		whole += int64(len(line))
	}
}

// cut ends the file where its last whole line ends, and writes on from there.
func (f *callFile) cut(whole int64) error {
	if err := f.file.Truncate(whole); err != nil {
		return err
	}
	_, err := f.file.Seek(whole, io.SeekStart)
	return err
}

// readBeginning reads the first line.
func readBeginning(line []byte) (beginning, error) {
	var b beginning
	var version struct {
		Format int `json:"format"`
	}
	// The format alone: a newer one may have another shape.
	if err := json.Unmarshal(line, &version); err != nil || version.Format < 1 {
		return b, errors.New("it does not begin as the calls of a double do")
	}
	if version.Format > dataFormat {
		return b, fmt.Errorf("it was written by a newer heed: format %d, and this one reads up to %d", version.Format, dataFormat)
	}
	err := json.Unmarshal(line, &b)
	return b, err
}
