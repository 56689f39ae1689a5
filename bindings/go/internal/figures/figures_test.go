package figures

import (
	"fmt"
	"os"
	"testing"
)

// TestSelectActionOverhead prints the figure, as `make bench` prints its own.
func TestSelectActionOverhead(t *testing.T) {
	overhead, err := SelectActionOverhead()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(os.Stdout, "go_select_action_overhead_ns %.0f\n", overhead)
	if overhead > 200 {
		t.Errorf("%.0f ns, expected 200 at most", overhead)
	}
}
