# Draws the cost of a call over the depth of its stack, a line a strategy for stacks.
#
#     gnuplot -c plots/hot_split.gp hot_split.tsv hot_split.svg|hot_split.png
data = ARG1
output = ARG2
depth_is_linear = 1
folder = ARG0[1:strlen(ARG0) - strlen("hot_split.gp")]
load folder . "growth.gp"
