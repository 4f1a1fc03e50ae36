package localdb

import "syscall"

// attributes makes a child leave with us and, as root, run as somebody else. Its own process group keeps a Ctrl-C at
// the terminal from stopping it before we have said goodbye.
func attributes(as *account) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if as != nil {
		attr.Credential = &syscall.Credential{Uid: as.uid, Gid: as.gid}
	}
	return attr
}
