package sandbox

import "time"

type volume struct {
	ID        string    `json:"id"`
	Size      int       `json:"size"`
	Type      string    `json:"type"`
	Snapshot  string    `json:"snapshot,omitempty"`
	IOPS      int       `json:"iops,omitempty"`
	Rate      int       `json:"throughput,omitempty"`
	Encrypted bool      `json:"encrypted,omitempty"`
	Key       string    `json:"key,omitempty"`
	Zone      string    `json:"zone"`
	Created   time.Time `json:"created"`
	Tags      tags      `json:"tags,omitempty"`
	Instance  string    `json:"instance,omitempty"`
	Device    string    `json:"device,omitempty"`
}

type instance struct {
	ID           string        `json:"id"`
	Reservation  string        `json:"reservation"`
	Image        string        `json:"image"`
	Type         string        `json:"type"`
	State        string        `json:"state"`
	Launched     time.Time     `json:"launched"`
	Ended        time.Time     `json:"ended,omitzero"`
	Token        string        `json:"token,omitempty"`
	Key          string        `json:"key,omitempty"`    // name of its key pair
	Groups       []string      `json:"groups,omitempty"` // ids of its security groups
	Subnet       string        `json:"subnet,omitempty"`
	Zone         string        `json:"zone,omitempty"`
	Architecture string        `json:"architecture,omitempty"`
	Managed      bool          `json:"managed,omitempty"`
	Tags         tags          `json:"tags,omitempty"`
	Devices      []blockDevice `json:"devices,omitempty"` // Snapshot holds the volume's id
}

type launchTemplate struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Created  time.Time         `json:"created"`
	Default  int               `json:"default"`
	Managed  bool              `json:"managed,omitempty"`
	Tags     tags              `json:"tags,omitempty"`
	Versions []templateVersion `json:"versions"` // oldest first
}

type templateVersion struct {
	Number      int       `json:"number"`
	Description string    `json:"description,omitempty"`
	Created     time.Time `json:"created"`
	Image       string    `json:"image,omitempty"`
	Type        string    `json:"type,omitempty"`
}

type kmsKey struct {
	ID      string    `json:"id"`
	ARN     string    `json:"arn"`
	Account string    `json:"account"`
	Aliases []string  `json:"aliases,omitempty"`
	State   string    `json:"state"`
	Spec    string    `json:"spec"`
	Usage   string    `json:"usage"`
	Manager string    `json:"manager"`
	Users   []string  `json:"users,omitempty"`
	Multi   bool      `json:"multi,omitempty"`
	Created time.Time `json:"created"`
	About   string    `json:"about,omitempty"`
}

type parameter struct {
	Name        string    `json:"name"`
	Type        string    `json:"type"`
	Data        string    `json:"data"`
	Value       string    `json:"value"`
	Version     int64     `json:"version"`
	Modified    time.Time `json:"modified"`
	Description string    `json:"description,omitempty"`
	Tags        tags      `json:"tags,omitempty"`
	// Waiting is an aws:ec2:image value that is not validated yet.
	Waiting   string    `json:"waiting,omitempty"`
	WaitingAt time.Time `json:"waiting_at,omitzero"`
}

// recipe is an Image Builder recipe that uses an image.
type recipe struct {
	Image string `json:"image"`
	Type  string `json:"type"`
	ARN   string `json:"arn"`
}

func (v *volume) key() string         { return v.ID }
func (i *instance) key() string       { return i.ID }
func (l *launchTemplate) key() string { return l.ID }
func (k *kmsKey) key() string         { return k.ID }
func (p *parameter) key() string      { return p.Name }

// usable tells whether EBS can encrypt with the key for an account: it is
// enabled, symmetric, for encryption, and the account may use it.
func (k *kmsKey) usable(account string) bool {
	if k.State != "Enabled" || k.Spec != "SYMMETRIC_DEFAULT" || k.Usage != "ENCRYPT_DECRYPT" {
		return false
	}
	if k.Account == account {
		return true
	}
	for _, user := range k.Users {
		if user == account {
			return true
		}
	}
	return false
}
