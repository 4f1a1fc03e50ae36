//go:build !linux

package localdb

import "os"

// memoryDir returns "": there is no directory in memory that every installation has.
func memoryDir() string { return "" }

func diskDir() string { return os.TempDir() }
