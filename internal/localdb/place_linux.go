package localdb

import (
	"os"
	"syscall"
)

// tmpfsMagic is the type that statfs(2) gives for memory posing as a disk.
const tmpfsMagic = 0x01021994

// memoryDir returns a directory that lies in memory, may be written and has room, or "".
func memoryDir() string {
	const shm = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < roomNeeded {
		return ""
	}
	probe, err := os.MkdirTemp(shm, "heed-probe-")
	if err != nil {
		return ""
	}
	_ = os.Remove(probe)
	return shm
}

// diskDir returns a directory for temporary files that survives a power cut: many systems keep /tmp in memory, where
// fsync costs nothing and a benchmark would flatter.
func diskDir() string {
	var fs syscall.Statfs_t
	tmp := os.TempDir()
	if err := syscall.Statfs(tmp, &fs); err == nil && int64(fs.Type) == tmpfsMagic {
		return "/var/tmp"
	}
	return tmp
}
