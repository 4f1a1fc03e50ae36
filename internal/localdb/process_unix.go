//go:build unix && !linux

package localdb

import "syscall"

// attributes lets a child run as somebody else. There is no parent-death signal here: a killed parent leaves the
// server behind, an ended one does not.
func attributes(as *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if as != nil {
		attr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attr
}
