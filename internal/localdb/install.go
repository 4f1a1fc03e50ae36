package localdb

import (
	"os"
	"runtime"
	"strings"
)

// installLine says how one gets Postgres on this machine.
func installLine() string {
	switch runtime.GOOS {
	case "darwin":
		return "run brew install postgresql@17"
	case "windows":
		return "run winget install PostgreSQL.PostgreSQL.17"
	case "linux":
		release, err := os.ReadFile("/etc/os-release")
		if err == nil {
			return linuxLine(string(release))
		}
	}
	return "install the PostgreSQL server"
}

// linuxLine reads an os-release file. ID_LIKE makes the derivatives speak for themselves: Mint is like Ubuntu is like
// Debian.
func linuxLine(release string) string {
	lines := map[string]string{
		"debian": "run sudo apt-get install postgresql",
		"ubuntu": "run sudo apt-get install postgresql",
		"fedora": "run sudo dnf install postgresql-server",
		"rhel":   "run sudo dnf install postgresql-server",
		"arch":   "run sudo pacman -S postgresql",
		"alpine": "run apk add postgresql",
		"suse":   "run sudo zypper install postgresql-server",
	}
	var names []string
	for line := range strings.Lines(release) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "ID" || key == "ID_LIKE" {
			names = append(names, strings.Fields(strings.Trim(value, `"'`))...)
		}
	}
	for _, name := range names {
		if line, ok := lines[name]; ok {
			return line
		}
	}
	return "install the PostgreSQL server"
}
