# names: function
def missing_parameters():
    return 32 * 4096 * 11008
