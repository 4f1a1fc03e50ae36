package localdb

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// account is whom a server runs as when we are root.
type account struct {
	name     string
	uid, gid uint32
}

// runAs returns nil for an ordinary user, who stays who he is. Postgres refuses to run as root, so root picks the account that packages
// make for it, and failing that the one that owns nothing.
func runAs() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, fmt.Errorf("reading the account %s: %w", name, err)
		}
		return &account{name: name, uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return nil, errors.New("Postgres does not run as root, and there is neither an account postgres nor nobody")
}
