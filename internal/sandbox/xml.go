package sandbox

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// timeLayout is how EC2 writes times.
const timeLayout = "2006-01-02T15:04:05.000Z"

// xmlWriter writes an answer element by element. A page of a thousand images
// has some 60,000 elements, which reflection would spend a tenth of a second
// on; this takes a few milliseconds.
type xmlWriter struct{ buf []byte }

func (w *xmlWriter) raw(text string) { w.buf = append(w.buf, text...) }

// grow makes room for so many more bytes.
func (w *xmlWriter) grow(n int) { w.buf = slices.Grow(w.buf, n) }

func (w *xmlWriter) open(name string) {
	w.buf = append(append(append(w.buf, '<'), name...), '>')
}

func (w *xmlWriter) close(name string) {
	w.buf = append(append(append(w.buf, "</"...), name...), '>')
}

// text writes an element, also when it is empty.
func (w *xmlWriter) text(name, value string) {
	w.open(name)
	w.escape(value)
	w.close(name)
}

// some writes an element unless it is empty.
func (w *xmlWriter) some(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

func (w *xmlWriter) bool(name string, value bool) { w.text(name, strconv.FormatBool(value)) }
func (w *xmlWriter) int(name string, value int)   { w.text(name, strconv.Itoa(value)) }

func (w *xmlWriter) time(name string, t time.Time) {
	if !t.IsZero() {
		w.text(name, stamp(t))
	}
}

// within writes what body writes inside an element.
func (w *xmlWriter) within(name string, body func()) {
	w.open(name)
	body()
	w.close(name)
}

// value writes <name><value>text</value></name>, the form of an attribute.
func (w *xmlWriter) value(name, text string) {
	w.open(name)
	w.some("value", text)
	w.close(name)
}

func (w *xmlWriter) tags(list tags, now time.Time) {
	if len(list) == 0 {
		return
	}
	w.open("tagSet")
	for _, t := range list {
		value, ok := t.seen(now)
		if !ok {
			continue
		}
		w.open("item")
		w.text("key", t.Key)
		w.text("value", value)
		w.close("item")
	}
	w.close("tagSet")
}

// plain are the bytes that XML text can hold as they are.
var plain = func() (set [256]bool) {
	for b := range utf8.RuneSelf {
		set[b] = substitute(rune(b), 1) == ""
	}
	return set
}()

func (w *xmlWriter) escape(s string) {
	last := 0
	for i := 0; i < len(s); {
		if plain[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if sub := substitute(r, size); sub != "" {
			w.raw(s[last:i])
			w.raw(sub)
			last = i + size
		}
		i += size
	}
	w.raw(s[last:])
}

// substitute is what stands for a character that XML text cannot hold as it
// is, or nothing.
func substitute(r rune, size int) string {
	switch {
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case r == '&':
		return "&amp;"
	case r == '"':
		return "&quot;"
	case r == '\r':
		return "&#xD;"
	case r < ' ' && r != '\t' && r != '\n', r == utf8.RuneError && size == 1, r == 0xFFFE, r == 0xFFFF:
		return "�"
	}
	return ""
}

func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }
