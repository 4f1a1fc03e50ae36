package roster

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// Stand is where somebody stands in a program.
type Stand struct {
	Program string
	Contact sms.Phone
	State   optout.State
	Since   time.Time
	// Source says how it came to be (keyword, operator, import …), EventID by which entry of the ledger; "" and 0 where
	// that is not known.
	Source  string
	EventID int64
}

// spoke says whether the person said so themselves, in a text.
func (s *Stand) spoke() bool { return s.Source == "keyword" || s.Source == "natural_language" }

// Writer writes a list in one of the formats.
type Writer struct {
	format Format
	to     *bufio.Writer
	row    []byte
}

// NewWriter writes the names of the columns.
func NewWriter(to io.Writer, format Format) *Writer {
	w := &Writer{format: format, to: bufio.NewWriterSize(to, 64<<10)}
	_, _ = w.to.WriteString(map[Format]string{ // Flush tells
		Heed:   "contact,program,state,said_at,source,event_id\n",
		AWS:    "OptedOutNumber,OptedOutTimestamp,EndUserOptedOut\n",
		Twilio: "contact_id,correlation_id,sender_id,status,source,date_of_consent\n",
	}[format])
	return w
}

// Add writes a row. It is false where the format has no word for where the person stands: AWS's list has those who
// opted out only, and nobody but heed holds people back until somebody decides. What is no phone number, or was one of
// a person who asked to be forgotten, is in no list.
func (w *Writer) Add(s Stand) bool {
	if !s.Contact.Dialable() || s.State == optout.Held && w.format != Heed || s.State != optout.OptedOut && w.format == AWS {
		return false
	}
	w.row = w.row[:0]
	since := s.Since.UTC().Format(time.RFC3339Nano)
	switch w.format {
	case AWS:
		w.fields(string(s.Contact), since, fmt.Sprint(s.spoke()))
	case Twilio:
		status, by := "opt-in", "opt-in-message"
		if s.State == optout.OptedOut {
			status, by = "opt-out", "opt-out-message"
		}
		if !s.spoke() {
			by = "others"
		}
		// 32 characters that are the same in each export; whose sender it is, Twilio's account knows.
		id := sha256.Sum256([]byte(s.Program + "\x00" + string(s.Contact)))
		w.fields(string(s.Contact), hex.EncodeToString(id[:16]), "", status, by, since)
	default:
		event := ""
		if s.EventID != 0 {
			event = fmt.Sprint(s.EventID)
		}
		w.fields(string(s.Contact), s.Program, string(s.State), since, s.Source, event)
	}
	return true
}

func (w *Writer) fields(values ...string) {
	for i, v := range values {
		if i > 0 {
			w.row = append(w.row, ',')
		}
		w.row = appendCSV(w.row, v)
	}
	_, _ = w.to.Write(append(w.row, '\n'))
}

// Flush writes what is still held back, and tells whether all could be written.
func (w *Writer) Flush() error {
	if err := w.to.Flush(); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}
