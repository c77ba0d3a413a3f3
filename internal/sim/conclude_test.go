package sim

func (w *world) conclude() error {
	for n := range 3 {
		if err := w.take(w.finale(n)); err != nil {
			return err
		}
	}
	return nil
}
