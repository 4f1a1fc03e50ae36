package fault

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// OfAddress is why the address of a database cannot be read, without the address: in one that is broken the password may
// be anywhere, and pgx's own masking misses some of it.
func OfAddress(err error) error {
	var unread *pgconn.ParseConfigError
	if !errors.As(err, &unread) {
		return err
	}
	said := unread.Error()
	return errors.New("cannot parse it: " + said[strings.LastIndex(said, "`: ")+len("`: "):])
}
