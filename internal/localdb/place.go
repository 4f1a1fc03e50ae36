package localdb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	placePrefix = "heed-pg-"
	// roomNeeded is what an empty cluster, its log and a few dozen clones take, with room to spare.
	roomNeeded = 512 << 20
	// sweepAge keeps a sweep off a directory whose owner has not locked it yet.
	sweepAge = time.Minute
)

// place is the directory of one server. While its owner lives, the owner holds a lock in it; so whoever comes next
// can tell a directory that a killed process left behind, and remove it.
type place struct {
	dir  string
	lock *os.File
}

func (p place) data() string    { return filepath.Join(p.dir, "data") }
func (p place) sockets() string { return filepath.Join(p.dir, "run") }

// newPlace makes the directories for a server that runs as the account, which is nil for ourselves.
func newPlace(base string, as *account) (place, error) {
	sweep(base)
	dir, err := os.MkdirTemp(base, placePrefix)
	if err != nil {
		return place{}, fmt.Errorf("making a directory for Postgres: %w", err)
	}
	p := place{dir: dir}
	if err := p.furnish(as); err != nil {
		return place{}, errors.Join(fmt.Errorf("making a directory for Postgres: %w", err), p.remove())
	}
	return p, nil
}

func (p *place) furnish(as *account) error {
	lock, err := os.OpenFile(filepath.Join(p.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	p.lock = lock
	lockFile(lock)
	// The server's account must get through to its own two directories.
	if err := os.Chmod(p.dir, 0o711); err != nil { //nolint:gosec // nothing in it is readable to others
		return err
	}
	for _, dir := range []string{p.data(), p.sockets()} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
		if as == nil {
			continue
		}
		if err := os.Chown(dir, int(as.uid), int(as.gid)); err != nil {
			return err
		}
	}
	return nil
}

func (p *place) remove() error {
	err := os.RemoveAll(p.dir)
	if p.lock != nil {
		err = errors.Join(err, p.lock.Close())
	}
	if err != nil {
		return fmt.Errorf("removing the data of Postgres: %w", err)
	}
	return nil
}

// sweep removes what killed processes left behind. It is a courtesy, so its failures are nobody's concern.
func sweep(base string) {
	dirs, err := filepath.Glob(filepath.Join(base, placePrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || !ownedByUs(info) || time.Since(info.ModTime()) < sweepAge {
			continue
		}
		lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		left := place{dir: dir, lock: lock}
		if lockFile(lock) {
			_ = left.remove()
			continue
		}
		_ = lock.Close()
	}
}

// baseFor picks where the data lies: in memory where that is possible and wanted, else where temporary files lie.
func baseFor(opts Options) (dir, words string) {
	if opts.Fsync {
		return diskDir(), "data on disk"
	}
	if memory := memoryDir(); memory != "" {
		return memory, "data in memory"
	}
	return os.TempDir(), "data in a temporary directory"
}
