// Without the fonts of the theme: letters are the system's.
import theme from 'vitepress/theme-without-fonts'
import './site.css'

export default theme
