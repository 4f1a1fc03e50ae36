package localdb

import (
	"os"
	"syscall"
)

func attributes(*account) *syscall.SysProcAttr { return nil }

// interrupt kills: Windows has no signal to ask with, and the data is thrown away.
func interrupt(p *os.Process) error { return p.Kill() }

// lockFile never succeeds: left-over directories are not swept on Windows.
func lockFile(*os.File) bool { return false }

func ownedByUs(os.FileInfo) bool { return false }
