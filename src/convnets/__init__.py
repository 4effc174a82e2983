"""What the book explains, as code: one module or package per chapter.

``convnets.convolution`` stands on the ground floor; a module imports only from those below it. Importing
the package does no work: take what a chapter needs from its module, as in
``from convnets.convolution import conv2d_im2col``.
"""
