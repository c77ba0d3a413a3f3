package plan

func sentence(r Reason) string { return string(r.Code) }
