//go:build unix

package localdb

import (
	"os"
	"syscall"
)

// interrupt asks Postgres for its fast shutdown: open sessions end, the data is left clean.
func interrupt(p *os.Process) error { return p.Signal(syscall.SIGINT) }

// lockFile takes the file for this process, as long as it stays open. It reports false when another process has it.
func lockFile(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// ownedByUs keeps a sweep off what other users put into a directory that all may write.
func ownedByUs(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
