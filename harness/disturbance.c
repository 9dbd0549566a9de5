#include "harness/disturbance.h"

// An undisturbed core shows under 1 %; medians over quads stand far more than 5 %.
static const double disturbed_share_noted = 0.05;

void disturbance_note(struct session *session)
{
    const size_t a_index = sample_metric_index("a_disturbed");
    const size_t b_index = sample_metric_index("b_disturbed");
    double all_share = 0, worst_share = -1;
    size_t worst_pair = 0;
    for (size_t pair = 0; pair < session->list->count; pair++) {
        double share = 0;
        for (size_t launch = 0; launch < session->launches; launch++) {
            const struct sample *const sample = session_sample(session, launch, pair);
            share += (sample->values[a_index] + sample->values[b_index]) / 2;
        }
        share /= (double)session->launches;
        all_share += share / (double)session->list->count;
        if (share > worst_share) {
            worst_share = share;
            worst_pair = pair;
        }
    }
    if (all_share > disturbed_share_noted || worst_share > disturbed_share_noted) {
        session_note(session,
                     "%.1f %% of all slices were disturbed, most in %s (%.1f %%; above 5 %% is "
                     "noted); nothing was dropped",
                     all_share * 100, session->list->pairs[worst_pair].name, worst_share * 100);
    }
}
